import type { AnyRoutes, RouteInput, RouteName, RouteResult, Uploader, UploadOf } from '@oss-direct/uploader'
import type { ReactNode } from 'react'
import { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
import { UploadProvider, type UploadProviderProps, useUploader } from './upload-provider.tsx'
import { type DropzoneState, type UseDropzoneOptions, useDropzone } from './use-dropzone.ts'
import { type RulesState, useRouteRules } from './use-route-rules.ts'
import { useUploads } from './use-uploads.ts'

/** The components and hooks of this package, knowing a server's routes: their names, inputs and results. */
export interface UploadReact<Routes> {
  UploadProvider(props: Omit<UploadProviderProps, 'uploader'> & { uploader: Uploader<Routes> }): ReactNode
  UploadDropzone<Name extends RouteName<Routes>>(props: TypedDropzoneProps<Routes, Name>): ReactNode
  useUploader(): Uploader<Routes>
  useUploads(): readonly UploadOf<Routes>[]
  useUploads<Name extends RouteName<Routes>>(route: Name): readonly Extract<UploadOf<Routes>, { route: Name }>[]
  useDropzone<Name extends RouteName<Routes>>(options: TypedDropzoneOptions<Routes, Name>): DropzoneState
  useRouteRules(route: RouteName<Routes>): RulesState
}

export type TypedDropzoneProps<Routes, Name extends RouteName<Routes>> = Omit<
  UploadDropzoneProps<RouteResult<Routes, Name>>,
  'route' | 'input'
> &
  RouteAndInput<Routes, Name>

export type TypedDropzoneOptions<Routes, Name extends RouteName<Routes>> = Omit<UseDropzoneOptions, 'route' | 'input'> &
  RouteAndInput<Routes, Name>

/** `input` must be given where the route's schema cannot do without. */
type RouteAndInput<Routes, Name extends RouteName<Routes>> = { route: Name } & (undefined extends RouteInput<
  Routes,
  Name
>
  ? { input?: RouteInput<Routes, Name> }
  : { input: RouteInput<Routes, Name> })

/**
 * Types only: `createUploadReact<typeof routes>()` returns what this package exports anyway. Of your server's routes the
 * browser takes nothing but the type: `import type { routes } from './server/routes'`.
 */
export function createUploadReact<Routes = AnyRoutes>(): UploadReact<Routes>
// Inside, routes are names and results are JSON; only the outside knows what belongs to which.
export function createUploadReact() {
  return { UploadProvider, UploadDropzone, useUploader, useUploads, useDropzone, useRouteRules }
}
