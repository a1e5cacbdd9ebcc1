import type { Credentials } from './credentials.ts'
import { ossError } from './oss-error.ts'
import type { SignatureVersion } from './post-policy.ts'
import { type PostPolicy, parsePostPolicy } from './post-policy-document.ts'
import type { FormFields } from './post-policy-verdict.ts'
import {
  type AuthenticationRules,
  equalTexts,
  findPrincipal,
  MAX_SKEW_MS,
  MAX_V4_LIFETIME_MS,
  parseCredential,
} from './principal.ts'
import { hmacSha1Base64, hmacSha256Hex, parseBasicIsoTime, signingKey } from './signing-key.ts'

export interface AuthenticForm<Principal extends Credentials = Credentials> {
  /** Who signed it, as `findCredentials` knows him. */
  principal: Principal
  policy: PostPolicy
  version: SignatureVersion
}

/**
 * Who signed a form, and the policy he signed; null for a form that does not claim to be signed at all.
 *
 * In OSS's order: fields complete, key known, policy well-formed, signature. Throws OssError.
 * OSS ignores signatures in the header or the URL of this operation, and so must whoever calls this.
 *
 * Source: OSS API reference, PostObject; EC pages 0002-00000701 to 0002-00000710.
 */
export function authenticateForm<Principal extends Credentials>(
  fields: FormFields,
  rules: AuthenticationRules<Principal>,
): AuthenticForm<Principal> | null {
  if (V4_FIELDS.some((name) => fields.has(name))) return authenticateV4(fields, rules)
  if (V1_FIELDS.some((name) => fields.has(name))) return authenticateV1(fields, rules)
  return null
}

const V4_FIELDS = ['x-oss-signature-version', 'x-oss-credential', 'x-oss-signature']
const V1_FIELDS = ['ossaccesskeyid', 'policy', 'signature']

function authenticateV1<Principal extends Credentials>(
  fields: FormFields,
  rules: AuthenticationRules<Principal>,
): AuthenticForm<Principal> {
  const accessKeyId = fields.get('ossaccesskeyid')
  if (accessKeyId === undefined) throw ossError('FormAccessKeyIdMissing')
  if (accessKeyId === '') throw ossError('FormAccessKeyIdEmpty')
  const { policy, signature } = requirePolicyAndSignature(fields, 'signature')
  const principal = findPrincipal(accessKeyId, fields.get('x-oss-security-token'), rules)
  const document = parsePostPolicy(policy)
  requireSignature(signature, hmacSha1Base64(principal.accessKeySecret, policy), { accessKeyId, policy })
  return { principal, policy: document, version: 'V1' }
}

function authenticateV4<Principal extends Credentials>(
  fields: FormFields,
  rules: AuthenticationRules<Principal>,
): AuthenticForm<Principal> {
  if (fields.get('x-oss-signature-version') !== 'OSS4-HMAC-SHA256') throw ossError('FormSignatureVersion')
  const credential = parseCredential(fields.get('x-oss-credential') ?? '')
  if (credential === undefined) throw ossError('FormCredential')
  const { policy, signature } = requirePolicyAndSignature(fields, 'x-oss-signature')
  const date = fields.get('x-oss-date') ?? ''
  requireDate(date, rules.now)
  const { accessKeyId, scope } = credential
  if (scope.day !== date.slice(0, 8) || scope.region !== rules.region || scope.product !== 'oss') {
    const message = `The x-oss-credential of the form is for ${scope.day}/${scope.region}/${scope.product}; its x-oss-date is ${date} and the region here is ${rules.region}.`
    throw ossError('FormCredential', { message })
  }
  const principal = findPrincipal(accessKeyId, fields.get('x-oss-security-token'), rules)
  const document = parsePostPolicy(policy)
  requireSignature(signature, hmacSha256Hex(signingKey(principal.accessKeySecret, scope), policy), {
    accessKeyId,
    policy,
  })
  return { principal, policy: document, version: 'V4' }
}

function requirePolicyAndSignature(fields: FormFields, signatureField: string): { policy: string; signature: string } {
  const policy = fields.get('policy')
  if (policy === undefined) throw ossError('FormPolicyMissing')
  const signature = fields.get(signatureField)
  if (signature === undefined) throw ossError('FormSignatureMissing')
  if (signature === '') throw ossError('FormSignatureEmpty')
  return { policy, signature }
}

function requireDate(text: string, now: Date): void {
  const date = parseBasicIsoTime(text)
  if (date === undefined) throw ossError('DateMissing')
  const age = now.getTime() - date.getTime()
  if (age < -MAX_SKEW_MS || age > MAX_V4_LIFETIME_MS) throw ossError('FormDateTooSkewed')
}

function requireSignature(provided: string, calculated: string, facts: { accessKeyId: string; policy: string }): void {
  if (equalTexts(provided, calculated)) return
  throw ossError('FormSignatureDoesNotMatch', {
    details: { OSSAccessKeyId: facts.accessKeyId, SignatureProvided: provided, StringToSign: facts.policy },
  })
}
