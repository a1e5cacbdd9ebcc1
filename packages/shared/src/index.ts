export {
  type Check,
  checkFile,
  type FileFacts,
  type FileRules,
  formatBytes,
  matchesType,
  UNLIMITED_FILES,
} from './file-rules.ts'
export type { Json, Jsonify, JsonObject } from './json.ts'
export {
  parseGrantAnswer,
  parseOutcome,
  parsePartsAnswer,
  parseProblem,
  parseRecord,
  parseRecordPage,
  parseRouteRules,
} from './parse-answer.ts'
export { parseCompleteRequest, parseGrantRequest, parsePartsRequest } from './parse-request.ts'
export { isUploadErrorCode, UploadError, type UploadErrorCode, type UploadErrorOptions } from './upload-error.ts'
export type {
  CallbackParameter,
  CompleteRequest,
  Evidence,
  Grant,
  GrantAnswer,
  GrantOutcome,
  GrantRequest,
  OssFacts,
  Outcome,
  PartsAnswer,
  PartsRequest,
  Pending,
  Problem,
  RecordPage,
  RecordStatus,
  Refusal,
  RequestedFile,
  Retry,
  RouteRules,
  RoutesAnswer,
  Settled,
  StoredObject,
  TemporaryCredentials,
  Transport,
  UploadRecord,
  UploadTrace,
} from './wire.ts'
