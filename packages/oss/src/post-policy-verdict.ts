import { ossError } from './oss-error.ts'
import type { SignatureVersion } from './post-policy.ts'
import type { PolicyCondition, PostPolicy } from './post-policy-document.ts'

/** The form's text fields before `file`, by lower-case name. */
export type FormFields = ReadonlyMap<string, string>

export interface PostObjectRequest {
  policy: PostPolicy
  bucket: string
  fields: FormFields
  /** What the object's type will be: of `x-oss-content-type`, `Content-Type`, or the file part. */
  contentType: string
  now: Date
  version: SignatureVersion
}

/** Inclusive bounds on the file, in bytes; what the policy leaves open is open. */
export interface SizeRange {
  min: number
  max: number
}

/**
 * Whether a policy lets this form through. Values are compared as they were sent, before `${filename}` is filled in.
 *
 * Returns the bounds for the file, which is only judged once it has arrived. Throws OssError `AccessDenied`.
 *
 * Source: OSS API reference, PostObject; EC pages 0006-00000213 to 0006-00000228.
 */
export function evaluatePostPolicy(request: PostObjectRequest): SizeRange {
  const { policy, fields, now, version } = request
  if (now >= policy.expiresAt) throw ossError('PolicyExpired')
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER }
  for (const condition of policy.conditions) {
    if (condition.mode === 'content-length-range') {
      range.min = Math.max(range.min, condition.min)
      range.max = Math.min(range.max, condition.max)
    } else {
      requireMatch(condition, request)
    }
  }
  if (version === 'V4') requireSigningFieldsCovered(policy, fields)
  return range
}

/** Throws OssError `EntityTooLarge` or `EntityTooSmall`. */
export function checkSizeRange(size: number, range: SizeRange): void {
  const details = { ProposedSize: String(size), MaxSizeAllowed: String(range.max), MinSizeAllowed: String(range.min) }
  if (size > range.max) throw ossError('EntityTooLarge', { details })
  if (size < range.min) throw ossError('EntityTooSmall', { details })
}

type MatchCondition = Exclude<PolicyCondition, { mode: 'content-length-range' }>

function requireMatch(condition: MatchCondition, request: PostObjectRequest): void {
  const value = fieldValue(condition.field, request)
  if (value === undefined) {
    throw ossError('PolicyFieldAbsent', {
      message: `Invalid according to Policy: Policy Condition failed: ${condition.printed}`,
      hint: `The form has no field "${condition.field}" before its file.`,
    })
  }
  if (!matches(condition, value)) {
    throw ossError('PolicyConditionFailed', {
      message: `Invalid according to Policy: Policy Condition failed: ${condition.printed}`,
    })
  }
}

function fieldValue(field: string, { bucket, contentType, fields }: PostObjectRequest): string | undefined {
  if (field === 'bucket') return bucket
  if (field === 'content-type') return contentType
  return fields.get(field)
}

function matches(condition: MatchCondition, value: string): boolean {
  switch (condition.mode) {
    case 'eq':
      return value === condition.operand
    case 'starts-with':
      return value.startsWith(condition.operand)
    case 'in':
      return condition.operand.includes(value)
    case 'not-in':
      return !condition.operand.includes(value)
  }
}

const SIGNING_FIELDS = ['x-oss-signature-version', 'x-oss-credential', 'x-oss-date', 'x-oss-security-token']

// Other fields may go uncovered: the vendor's own samples send such forms, and a bound field is bound by its condition.
function requireSigningFieldsCovered(policy: PostPolicy, fields: FormFields): void {
  const covered = new Set(policy.conditions.map((condition) => ('field' in condition ? condition.field : '')))
  const extra = SIGNING_FIELDS.filter((name) => fields.has(name) && !covered.has(name))
  if (extra.length > 0) {
    throw ossError('PolicyExtraFields', {
      message: `Invalid according to Policy: Extra input fields: ${extra.join(', ')}`,
    })
  }
}
