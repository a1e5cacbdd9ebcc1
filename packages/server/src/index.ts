export { type ApiKey, type ApiKeyStore, type ApiKeyWish, createApiKey } from './api-key.ts'
export { openApiKeys } from './api-key-database.ts'
export { type ApiKeyCaller, type ApiKeyIdentityOptions, identifyByApiKey } from './api-key-identity.ts'
export type { ReceivedCallback } from './callback.ts'
export { type CallbackTarget, type CallbackTargetOptions, callbackTarget } from './callback-target.ts'
export { networkOf } from './caller-address.ts'
export { type Identify, identifyBy } from './identity.ts'
export type { Limits, LimitsOption } from './limits.ts'
export type { Logger } from './logger.ts'
export type { ListQuery } from './own-uploads.ts'
export {
  type DatabaseConnections,
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from './postgres-store.ts'
export { requestIdOf } from './request-id.ts'
export { identifyBySession, type SessionIdentityOptions } from './session-identity.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
export type { Ending, Excess, Lease, NextLook, Quota, Store, StoredUpload, TraceEntry, UploadsQuery } from './store.ts'
export type { SweepScheduleOptions } from './sweep-schedule.ts'
export type { SweepOptions, SweepReport } from './sweeper.ts'
export { type UploadHandlerOptions, uploadHandler } from './upload-handler.ts'
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
export { createUploads, type Uploads } from './uploads.ts'
export type { UploadsEvent } from './uploads-event.ts'
export type { CallerContext, OssOptions, SessionOptions, UploadsOptions } from './uploads-options.ts'
