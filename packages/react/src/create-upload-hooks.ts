import type { AnyRoutes, RouteInput, RouteName, Uploader, UploadOf } from '@oss-direct/uploader'
import type { ReactNode } from 'react'
import { UploadProvider, type UploadProviderProps, useUploader } from './upload-provider.tsx'
import { type DropzoneState, type UseDropzoneOptions, useDropzone } from './use-dropzone.ts'
import { type RulesState, useRouteRules } from './use-route-rules.ts'
import { useUploads } from './use-uploads.ts'

/** The provider and the hooks, knowing a server's routes: their names, inputs and results. */
export interface UploadHooks<Routes> {
  UploadProvider(props: Omit<UploadProviderProps, 'uploader'> & { uploader: Uploader<Routes> }): ReactNode
  useUploader(): Uploader<Routes>
  useUploads(): readonly UploadOf<Routes>[]
  useUploads<Name extends RouteName<Routes>>(route: Name): readonly Extract<UploadOf<Routes>, { route: Name }>[]
  useDropzone<Name extends RouteName<Routes>>(options: TypedDropzoneOptions<Routes, Name>): DropzoneState
  useRouteRules(route: RouteName<Routes>): RulesState
}

export type TypedDropzoneOptions<Routes, Name extends RouteName<Routes>> = Omit<UseDropzoneOptions, 'route' | 'input'> &
  RouteAndInput<Routes, Name>

/** `input` must be given where the route's schema cannot do without. */
export type RouteAndInput<Routes, Name extends RouteName<Routes>> = { route: Name } & (undefined extends RouteInput<
  Routes,
  Name
>
  ? { input?: RouteInput<Routes, Name> }
  : { input: RouteInput<Routes, Name> })

/** `createUploadReact` without the components: what looks like nothing weighs less. Types only, too. */
export function createUploadHooks<Routes = AnyRoutes>(): UploadHooks<Routes>
export function createUploadHooks() {
  return { UploadProvider, useUploader, useUploads, useDropzone, useRouteRules }
}
