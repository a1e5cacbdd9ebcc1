export { type Acs3Request, acs3Parameters, authenticateAcs3 } from './acs3-signature.ts'
export {
  type AssumeRoleRequest,
  assumeRole,
  type SessionPolicy,
  type StsOptions,
  uploadPolicy,
} from './assume-role.ts'
export {
  type BucketAddress,
  type BucketAddressOptions,
  bucketAddress,
  objectUrl,
  type SdkEndpoint,
  sdkEndpoint,
} from './bucket-address.ts'
export { type BucketClient, type ConfigurationName, createBucketClient } from './bucket-client.ts'
export {
  type CallbackBodyType,
  type CallbackMembers,
  type CallbackOptions,
  type CallbackParameters,
  callbackFormFields,
  callbackHeaders,
  callbackParameters,
  callbackQuery,
} from './callback.ts'
export { type CallbackValues, renderCallbackBody } from './callback-body.ts'
export { type Callback, type CallbackRules, parseCallback } from './callback-parameter.ts'
export {
  callbackStringToSign,
  PRODUCTION_CALLBACK_KEY,
  PRODUCTION_CALLBACK_KEY_URLS,
  type SignedCallback,
  signCallback,
  verifyCallback,
} from './callback-signature.ts'
export { type Credentials, type CredentialsProvider, environmentCredentials, staticCredentials } from './credentials.ts'
export { etagOfMd5, multipartEtag } from './etag.ts'
export { type AuthenticForm, authenticateForm } from './form-authentication.ts'
export type { MultipartCalls, PresignPartRequest, UploadedPart } from './multipart-calls.ts'
export { createOssClient, type ObjectHead, type OssClient, type OssClientOptions } from './oss-client.ts'
export { errorToXml, OssError, type OssErrorFacts, ossError, readOssError } from './oss-error.ts'
export type { OssErrorName } from './oss-error-table.ts'
export { percentDecode, percentEncode, percentEncodeKey } from './percent-encoding.ts'
export { type PostForm, type PostPolicyRequest, type SignatureVersion, signPostPolicy } from './post-policy.ts'
export { isBase64, type PolicyCondition, type PostPolicy, parsePostPolicy } from './post-policy-document.ts'
export {
  checkSizeRange,
  evaluatePostPolicy,
  type FormFields,
  type PostObjectRequest,
  type SizeRange,
} from './post-policy-verdict.ts'
export type { AuthenticationRules } from './principal.ts'
export { authenticateRequest, type ReceivedRequest } from './request-authentication.ts'
export { type RoleCredentialsOptions, roleCredentials } from './role-credentials.ts'
export { authenticateRpc, invalidParameter, type RpcRequest, requireParameter, signRpc } from './rpc-signature.ts'
export {
  type PresignRequest,
  presignUrl,
  type SignableRequest,
  type SigningOptions,
  signHeaders,
} from './sign-request.ts'
export { childText, escapeXml, readXml, writeXmlElement, type XmlElement } from './xml.ts'
