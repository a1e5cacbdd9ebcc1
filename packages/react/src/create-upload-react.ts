import type { AnyRoutes, RouteName, RouteResult, UploadOf } from '@oss-direct/uploader'
import type { ReactNode } from 'react'
import { createUploadHooks, type RouteAndInput, type UploadHooks } from './create-upload-hooks.ts'
import { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
import { UploadItem } from './upload-item.tsx'
import { UploadList } from './upload-list.tsx'
import { UploadRoot, type UploadRootProps } from './upload-root.tsx'

/** The components and hooks of this package, knowing a server's routes: their names, inputs and results. */
export interface UploadReact<Routes> extends UploadHooks<Routes> {
  UploadDropzone<Name extends RouteName<Routes>>(props: TypedDropzoneProps<Routes, Name>): ReactNode
  UploadRoot<Name extends RouteName<Routes>>(props: TypedRootProps<Routes, Name>): ReactNode
  /** `<UploadList<'avatar'>>` where one route is meant; else `upload.route` tells which it is. */
  UploadList<Name extends RouteName<Routes> = RouteName<Routes>>(props: TypedListProps<Routes, Name>): ReactNode
  UploadItem<Given extends UploadOf<Routes>>(props: TypedItemProps<Given>): ReactNode
}

export type TypedDropzoneProps<Routes, Name extends RouteName<Routes>> = Omit<
  UploadDropzoneProps<RouteResult<Routes, Name>>,
  'route' | 'input'
> &
  RouteAndInput<Routes, Name>

export type TypedRootProps<Routes, Name extends RouteName<Routes>> = Omit<
  UploadRootProps<RouteResult<Routes, Name>>,
  'route' | 'input'
> &
  RouteAndInput<Routes, Name>

export interface TypedListProps<Routes, Name extends RouteName<Routes>> {
  children?: (upload: Extract<UploadOf<Routes>, { route: Name }>) => ReactNode
}

export interface TypedItemProps<Given> {
  upload: Given
  renderResult?: (upload: Extract<Given, { phase: 'done' }>) => ReactNode
}

/**
 * Types only: `createUploadReact<typeof routes>()` returns what this package exports anyway. Of your server's routes the
 * browser takes nothing but the type: `import type { routes } from './server/routes'`.
 */
export function createUploadReact<Routes = AnyRoutes>(): UploadReact<Routes>
// Inside, routes are names and results are JSON; only the outside knows what belongs to which.
export function createUploadReact(): object {
  return { ...createUploadHooks(), UploadDropzone, UploadRoot, UploadList, UploadItem }
}
