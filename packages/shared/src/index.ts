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
  type BrowserGrant,
  type FormGrant,
  type PartsGrant,
  parseGrantAnswer,
} from './parse-grant.ts'
export { parseOutcome } from './parse-outcome.ts'
export { parsePartsAnswer } from './parse-parts.ts'
export { parseProblem } from './parse-problem.ts'
export { parseRecord, parseRecordPage, parseTrace } from './parse-record.ts'
export { parseCompleteRequest, parseGrantRequest, parsePartsRequest } from './parse-request.ts'
export { parseRouteRules } from './parse-rules.ts'
export { isUploadErrorCode, UploadError, type UploadErrorCode, type UploadErrorOptions } from './upload-error.ts'
export type {
  Addressing,
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
