interface OssErrorRow {
  status: number
  code: string
  message: string
  ec?: string
}

/**
 * What OSS answers, a row a cause; one code often has several. A text that OSS does not publish is ours.
 *
 * Source: the error pages of the OSS API reference and its EC troubleshooting pages, as collected in `vectors/errors.json`.
 */
// biome-ignore format: a row a line is the table that it is
export const OSS_ERRORS = {
  // PostObject: the form
  NotMultipart: { status: 400, code: 'RequestIsNotMultiPartContent', message: 'Bucket POST must be of the enclosure-type multipart/form-data.' },
  MalformedForm: { status: 400, code: 'MalformedPOSTRequest', message: 'The body of your POST request is not well-formed multipart/form-data.', ec: '0006-00000104' },
  WrongNumberOfFiles: { status: 400, code: 'IncorrectNumberOfFilesInPOSTRequest', message: 'POST requires exactly one file upload per request.', ec: '0006-00000107' },
  FieldsTooLarge: { status: 400, code: 'MaxPOSTPreDataLengthExceededError', message: 'Your POST request fields preceding the upload file were too large.', ec: '0006-00000112' },
  FieldNameTooLong: { status: 400, code: 'FieldItemTooLong', message: 'Your name of form field is too long.' },
  KeyMissing: { status: 400, code: 'InvalidArgument', message: "The bucket POST must contain the specified 'key'. If it is specified, please check the order of the fields" },
  FormAccessKeyIdMissing: { status: 400, code: 'InvalidArgument', message: "The bucket POST must contain the specified 'OSSAccessKeyId'. If it is specified, please check the order of the fields", ec: '0002-00000706' },
  FormAccessKeyIdEmpty: { status: 400, code: 'InvalidArgument', message: 'Post request accessKeyId is empty.', ec: '0002-00000707' },
  FormSignatureEmpty: { status: 400, code: 'InvalidArgument', message: 'Post request signature is empty.', ec: '0002-00000704' },
  FieldNameMissing: { status: 400, code: 'InvalidArgument', message: 'The bucket POST must contain the specified field name.' },
  FieldNameUnknown: { status: 400, code: 'InvalidArgument', message: 'The bucket POST contains unrecognized field name.' },
  BodyOverFiveGigabytes: { status: 400, code: 'InvalidArgument', message: 'Post body size must be less than 5G.' },
  FormSignatureVersion: { status: 400, code: 'InvalidArgument', message: 'The x-oss-signature-version of the form is not supported.', ec: '0002-00000701' },
  FormPolicyMissing: { status: 400, code: 'InvalidArgument', message: "The bucket POST must contain the specified 'policy'. If it is specified, please check the order of the fields", ec: '0002-00000702' },
  FormSignatureMissing: { status: 400, code: 'InvalidArgument', message: "The bucket POST must contain the specified 'Signature'. If it is specified, please check the order of the fields", ec: '0002-00000703' },
  FormCredential: { status: 400, code: 'InvalidArgument', message: 'The x-oss-credential of the form is invalid.', ec: '0002-00000710' },
  ForbidOverwriteValue: { status: 400, code: 'InvalidArgument', message: 'The value of x-oss-forbid-overwrite must be true or false.', ec: '0006-00000117' },
  EntityTooLarge: { status: 400, code: 'EntityTooLarge', message: 'Your proposed upload exceeds the maximum allowed size.', ec: '0006-00000003' },
  EntityTooSmall: { status: 400, code: 'EntityTooSmall', message: 'Your proposed upload smaller than the minimum allowed size.', ec: '0006-00000004' },
  InvalidDigest: { status: 400, code: 'InvalidDigest', message: 'The Content-MD5 you specified was invalid.' },
  InvalidEncryption: { status: 400, code: 'InvalidEncryptionAlgorithmError', message: 'The Encryption Algorithm you specified is not supported.' },
  InvalidArgument: { status: 400, code: 'InvalidArgument', message: 'An argument is invalid.' },

  // POST policy
  PolicyInvalid: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: the policy is invalid.', ec: '0006-00000201' },
  PolicyNotBase64: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: the policy is not Base64.', ec: '0006-00000202' },
  PolicyNotUtf8: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: the decoded policy is not UTF-8.', ec: '0006-00000203' },
  PolicyNotJson: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: Invalid JSON.', ec: '0006-00000204' },
  PolicyUnknownMember: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: only expiration and conditions are allowed.', ec: '0006-00000206' },
  PolicyConditionsMissing: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: conditions is missing.', ec: '0006-00000207' },
  PolicyExpirationMissing: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: expiration is missing.', ec: '0006-00000208' },
  PolicyBothMissing: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: expiration and conditions are missing.', ec: '0006-00000209' },
  PolicyExpirationNoText: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: expiration is not a string.', ec: '0006-00000210' },
  PolicyExpirationEmpty: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: expiration is empty.', ec: '0006-00000211' },
  PolicyExpirationNoTime: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: expiration is not an ISO 8601 time in GMT.', ec: '0006-00000212' },
  PolicyExpired: { status: 403, code: 'AccessDenied', message: 'Invalid according to Policy: Policy expired.', ec: '0006-00000213' },
  PolicyConditionsNoList: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: conditions is not a list.', ec: '0006-00000214' },
  PolicyConditionsEmpty: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: conditions is empty.', ec: '0006-00000215' },
  PolicyModeMissing: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: a condition lacks its match mode.', ec: '0006-00000216' },
  PolicyModeUnknown: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: the match mode of a condition is unknown.', ec: '0006-00000217' },
  PolicyParameterCount: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: a condition has the wrong number of parameters.', ec: '0006-00000218' },
  PolicyRangeReversed: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: the maximum of content-length-range is below its minimum.', ec: '0006-00000219' },
  PolicyRangeBound: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: a bound of content-length-range is not an integer.', ec: '0006-00000221' },
  PolicyConditionShape: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: a condition is neither a map nor a list.', ec: '0006-00000222' },
  PolicyParameterType: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: a parameter of a condition has the wrong type.', ec: '0006-00000224' },
  PolicySimpleCondition: { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.' },
  PolicyFieldAbsent: { status: 403, code: 'AccessDenied', message: 'Invalid according to Policy: a condition names a form field that is absent.', ec: '0006-00000226' },
  PolicyConditionFailed: { status: 403, code: 'AccessDenied', message: 'Invalid according to Policy: Policy Condition failed.', ec: '0006-00000227' },
  PolicyExtraFields: { status: 403, code: 'AccessDenied', message: 'Invalid according to Policy: Extra input fields.', ec: '0006-00000228' },

  // who is asking
  AccessDenied: { status: 403, code: 'AccessDenied', message: 'AccessDenied' },
  BucketAclDenied: { status: 403, code: 'AccessDenied', message: 'You have no right to access this object because of bucket acl.', ec: '0003-00000001' },
  SignatureDoesNotMatch: { status: 403, code: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.', ec: '0002-00000040' },
  FormSignatureDoesNotMatch: { status: 403, code: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.' },
  InvalidAccessKeyId: { status: 403, code: 'InvalidAccessKeyId', message: 'The OSS Access Key Id you provided does not exist in our records.', ec: '0002-00000902' },
  UrlExpired: { status: 403, code: 'AccessDenied', message: 'Request has expired.', ec: '0002-00000069' },
  UrlExpiresInvalid: { status: 403, code: 'AccessDenied', message: 'Invalid date (should be seconds since epoch).', ec: '0002-00000070' },
  UrlIncomplete: { status: 403, code: 'AccessDenied', message: 'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters' },
  UrlTooEarly: { status: 403, code: 'AccessDenied', message: 'The request is more than 15 minutes before its x-oss-date.', ec: '0002-00000235' },
  DateMissing: { status: 403, code: 'AccessDenied', message: 'OSS authentication requires a valid Date.' },
  RequestTimeTooSkewed: { status: 403, code: 'RequestTimeTooSkewed', message: 'The difference between the request time and the current time is too large.', ec: '0002-00000504' },
  FormDateTooSkewed: { status: 403, code: 'AccessDenied', message: 'The x-oss-date of the form is more than 15 minutes ahead or 7 days old.' },
  SecurityTokenExpired: { status: 403, code: 'SecurityTokenExpired', message: 'The security token you provided has expired.', ec: '0002-00000007' },
  InvalidSecurityToken: { status: 403, code: 'InvalidSecurityToken', message: 'The security token you provided is invalid.', ec: '0002-00000006' },
  TokenDoesNotMatchKey: { status: 403, code: 'AccessKeyIdAndSecurityTokenNotMatch', message: 'The access key id and the security token do not belong together.' },
  TokenNotInQuery: { status: 400, code: 'InvalidRequest', message: 'Security-token must be provided by query string parameter.' },
  AuthorizationType: { status: 400, code: 'InvalidArgument', message: 'Unsupported Authorization Type', ec: '0002-00000002' },
  AuthorizationTwice: { status: 400, code: 'InvalidArgument', message: 'Only one auth mechanism is allowed: the Authorization header or the signed URL.' },
  AuthorizationMalformed: { status: 400, code: 'InvalidArgument', message: 'The Authorization header is malformed.' },
  CredentialMalformed: { status: 400, code: 'InvalidArgument', message: 'The credential of the signature is malformed.' },
  WrongRegion: { status: 400, code: 'InvalidArgument', message: 'Invalid signing region in Authorization header.', ec: '0002-00000226' },
  AdditionalHeadersEmpty: { status: 400, code: 'InvalidArgument', message: 'The additional headers of the signature are empty.', ec: '0002-00000076' },
  ContentSha256: { status: 400, code: 'InvalidArgument', message: 'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.' },
  UrlExpiresMissing: { status: 400, code: 'InvalidArgument', message: 'The signed URL lacks x-oss-expires.', ec: '0002-00000215' },
  UrlSignatureMissing: { status: 400, code: 'InvalidArgument', message: 'The signed URL lacks x-oss-signature.', ec: '0002-00000219' },
  UrlLifetime: { status: 400, code: 'InvalidArgument', message: 'x-oss-expires must be a number of seconds from 1 to 604800.' },
  UserDisable: { status: 403, code: 'UserDisable', message: 'UserDisable', ec: '0003-00000801' },

  // the callback parameter: refused before anything is stored
  CallbackTooLong: { status: 400, code: 'InvalidArgument', message: 'The length of callback exceed max value.', ec: '0007-00000001' },
  CallbackVarTooLong: { status: 400, code: 'InvalidArgument', message: 'The length of callback var exceed max value.', ec: '0007-00000101' },
  CallbackNotBase64: { status: 400, code: 'InvalidArgument', message: 'The callback configuration is not base64 encoded.' },
  CallbackNotJson: { status: 400, code: 'InvalidArgument', message: 'The callback configuration is not json format.' },
  CallbackUrl: { status: 400, code: 'InvalidArgument', message: 'The callback url configuration is invalid.', ec: '0007-00000004' },
  CallbackUrlCount: { status: 400, code: 'InvalidArgument', message: 'The number of callback url exceed max value.', ec: '0007-00000005' },
  CallbackPrivateAddress: { status: 400, code: 'InvalidArgument', message: 'Private address is forbidden to callback.', ec: '0007-00000008' },
  CallbackHost: { status: 400, code: 'InvalidArgument', message: 'The callback host configuration is invalid.' },
  CallbackBodyEmpty: { status: 400, code: 'InvalidArgument', message: 'The callback body is empty.', ec: '0007-00000011' },
  CallbackBody: { status: 400, code: 'InvalidArgument', message: 'The callback body is invalid.' },
  CallbackBodyType: { status: 400, code: 'InvalidArgument', message: 'The callback body type configuration is invalid.', ec: '0007-00000012' },
  CallbackAdditionalHeader: { status: 400, code: 'InvalidArgument', message: 'The additionalHeaders of the callback may not begin with x-oss-.', ec: '0007-00000026' },
  CallbackTwice: { status: 400, code: 'InvalidArgument', message: 'Either the callback query string parameter or the x-oss-callback header should be specified, not both.', ec: '0007-00000027' },
  CallbackVarNotJson: { status: 400, code: 'InvalidArgument', message: 'The callback var is not expecten json.', ec: '0007-00000103' },
  CallbackDollar: { status: 400, code: 'InvalidArgument', message: 'Left brace must be adjacent to dollar sign.', ec: '0007-00000105' },

  // the callback itself: 203, and the object is stored
  CallbackStatus: { status: 203, code: 'CallbackFailed', message: 'Error status : 502.', ec: '0007-00000203' },
  CallbackUnreachable: { status: 203, code: 'CallbackFailed', message: 'Error status : -1. OSS can not connect to your callbackUrl, please check it.', ec: '0007-00000203' },
  CallbackTimeout: { status: 203, code: 'CallbackFailed', message: 'Cost too long time.' },
  CallbackAnswerNotJson: { status: 203, code: 'CallbackFailed', message: 'Response body is not valid json format.', ec: '0007-00000205' },
  CallbackAnswerNoLength: { status: 203, code: 'CallbackFailed', message: 'Error Status : 400.User server missing content-length.' },
  CallbackAnswerTooLong: { status: 203, code: 'CallbackFailed', message: 'Error Status : 400.User server return too long content-length value.' },
  CallbackTooMany: { status: 203, code: 'CallbackFailed', message: 'Too many callback requests.' },
  CallbackImageInfo: { status: 203, code: 'CallbackFailed', message: 'Get image info failed.' },

  // buckets and objects
  NoSuchBucket: { status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist.', ec: '0015-00000101' },
  NoSuchKey: { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.', ec: '0026-00000001' },
  NoSuchUpload: { status: 404, code: 'NoSuchUpload', message: 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.' },
  NoSuchCors: { status: 404, code: 'NoSuchCORSConfiguration', message: 'The CORS Configuration does not exist.' },
  InvalidPart: { status: 400, code: 'InvalidPart', message: 'A part is unknown, or its ETag is another.' },
  InvalidPartOrder: { status: 400, code: 'InvalidPartOrder', message: 'The parts are not in ascending order of their numbers.' },
  MalformedXml: { status: 400, code: 'MalformedXML', message: 'The XML you provided was not well-formed or did not validate against our published schema.' },
  InvalidBucketName: { status: 400, code: 'InvalidBucketName', message: 'The specified bucket is not valid.' },
  InvalidObjectName: { status: 400, code: 'InvalidObjectName', message: 'The specified object is not valid.', ec: '0016-00000005' },
  MethodNotAllowed: { status: 405, code: 'MethodNotAllowed', message: 'The specified method is not allowed against this resource.' },
  MissingContentLength: { status: 411, code: 'MissingContentLength', message: 'You must provide the Content-Length HTTP header.' },
  PreconditionFailed: { status: 412, code: 'PreconditionFailed', message: 'A precondition of the request does not hold.' },
  InvalidRange: { status: 416, code: 'InvalidRange', message: 'The requested range is outside the object.' },
  PositionNotEqualToLength: { status: 409, code: 'PositionNotEqualToLength', message: 'Position is not equal to file length' },
  ObjectNotAppendable: { status: 409, code: 'ObjectNotAppendable', message: 'The object is not appendable' },
  FileImmutable: { status: 409, code: 'FileImmutable', message: 'The object you specified is immutable.' },
  FileAlreadyExists: { status: 409, code: 'FileAlreadyExists', message: 'The object you specified already exists and can not be overwritten.' },
  BucketNotEmpty: { status: 409, code: 'BucketNotEmpty', message: 'The bucket you tried to delete is not empty.' },
  BucketAlreadyExists: { status: 409, code: 'BucketAlreadyExists', message: 'The requested bucket name is not available.' },
  SecondLevelDomainForbidden: { status: 403, code: 'SecondLevelDomainForbidden', message: 'The bucket you are attempting to access must be addressed using OSS third level domain.' },
  NotImplemented: { status: 501, code: 'NotImplemented', message: 'This operation is not implemented.' },
  InternalError: { status: 500, code: 'InternalError', message: 'We encountered an internal error. Please try again.' },

  // CORS
  CorsNotAllowed: { status: 403, code: 'AccessForbidden', message: "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Requet-Headers are not whitelisted by the resource's CORS spec." },
  CorsNotEnabled: { status: 403, code: 'AccessForbidden', message: 'CORSResponse: CORS is not enabled for this bucket.' },
  CorsOriginMissing: { status: 400, code: 'BadRequest', message: 'Insufficient information. Origin request header needed.' },
  CorsMethodMissing: { status: 400, code: 'BadRequest', message: 'Insufficient information. Request Access-Control-Request-Method header needed.' },
} as const satisfies Record<string, OssErrorRow>

export type OssErrorName = keyof typeof OSS_ERRORS
