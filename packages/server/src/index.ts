export type { ReceivedCallback } from './callback.ts'
export { type CallbackTarget, type CallbackTargetOptions, callbackTarget } from './callback-target.ts'
export type { Logger } from './logger.ts'
export { openPostgresStore, type PostgresStoreOptions } from './postgres-store.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
export type { Ending, Lease, NextLook, Store, StoredUpload, TraceEntry, UploadsQuery } from './store.ts'
export type { SweepScheduleOptions } from './sweep-schedule.ts'
export type { SweepOptions, SweepReport } from './sweeper.ts'
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
export { createUploads, type ListQuery, type Uploads } from './uploads.ts'
export type { CallerContext, OssOptions, SessionOptions, UploadsOptions } from './uploads-options.ts'
