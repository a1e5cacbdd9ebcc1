export type { ReceivedCallback } from './callback.ts'
export { type CallbackTarget, type CallbackTargetOptions, callbackTarget } from './callback-target.ts'
export type { Logger } from './logger.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
export type { Ending, Lease, Store, StoredUpload, TraceEntry, UploadsQuery } from './store.ts'
export {
  type AuthorizeRequest,
  type Caller,
  type FailedEvent,
  type ImageInfo,
  type KeyRequest,
  type RouteCallback,
  type RouteInput,
  type RouteResult,
  type Routes,
  type StandardSchema,
  type UploadedEvent,
  type UploadRoute,
  type UploadRouteOptions,
  uploadRoute,
} from './upload-route.ts'
export { type UploadRouter, uploadRouter } from './upload-router.ts'
export {
  type CallerContext,
  createUploads,
  type ListQuery,
  type OssOptions,
  type Uploads,
  type UploadsOptions,
} from './uploads.ts'
