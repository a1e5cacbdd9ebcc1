import { OSS_ERRORS, type OssErrorName } from './oss-error-table.ts'
import { childText, escapeXml, readXml } from './xml.ts'

export interface OssErrorFacts {
  code: string
  message: string
  /** HTTP status; 203 for a failed callback, where the object *is* stored. */
  status: number
  /** OSS's fine-grained number, `0006-00000227`; each has a troubleshooting page of its own. */
  ec?: string | undefined
  requestId?: string | undefined
  /** The host that the request was sent to. */
  hostId?: string | undefined
  /** Further elements of the answer: `Key`, `StringToSign`, `ArgumentName` … */
  details?: Readonly<Record<string, string>> | undefined
  /** What a person can do about it. */
  hint?: string | undefined
  cause?: unknown
}

/** What OSS answered, whole: its code, EC and request id are never folded into a sentence. */
export class OssError extends Error {
  override readonly name = 'OssError'
  readonly code: string
  readonly status: number
  readonly ec: string | undefined
  readonly requestId: string | undefined
  readonly hostId: string | undefined
  readonly details: Readonly<Record<string, string>>
  readonly hint: string | undefined

  constructor(facts: OssErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = facts.code
    this.status = facts.status
    this.ec = facts.ec
    this.requestId = facts.requestId
    this.hostId = facts.hostId
    this.details = facts.details ?? {}
    this.hint = facts.hint
  }
}

/** An error of OSS's table, as the local OSS throws it. `message` replaces the row's where OSS puts values into it. */
export function ossError(
  name: OssErrorName,
  facts: Partial<Pick<OssErrorFacts, 'message' | 'details' | 'hint'>> = {},
): OssError {
  return new OssError({ ...OSS_ERRORS[name], ...facts })
}

/** The body of an error answer, with CRLF line ends as OSS writes it. Source: recorded answers in `vectors/`. */
export function errorToXml(error: OssError, { requestId, hostId }: { requestId: string; hostId: string }): string {
  const elements: [name: string, text: string][] = [
    ['Code', error.code],
    ['Message', error.message],
    ['RequestId', requestId],
    ['HostId', hostId],
    ...Object.entries(error.details),
  ]
  if (error.ec !== undefined) {
    elements.push(['EC', error.ec], ['RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${error.ec}`])
  }
  const lines = elements.map(([name, text]) => `  <${name}>${escapeXml(text)}</${name}>`)
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<Error>', ...lines, '</Error>'].join('\r\n')
}

/**
 * Reads an error answer of OSS: the XML body, or for HEAD, which has none, the header `x-oss-err`.
 *
 * A body that is no XML of OSS (a proxy's page, nothing at all) still becomes an error, with the status as its code.
 */
export function readOssError(answer: { status: number; headers: Headers; body: string }): OssError {
  const { status, headers } = answer
  const encoded = headers.get('x-oss-err')
  const text = answer.body === '' && encoded !== null ? Buffer.from(encoded, 'base64').toString() : answer.body
  const root = readXml(text)
  const error = root?.name === 'Error' ? root : undefined
  const code = childText(error, 'Code') ?? `HttpStatus${status}`
  const known = new Set(['Code', 'Message', 'RequestId', 'HostId', 'EC', 'RecommendDoc'])
  const ec = childText(error, 'EC') ?? headers.get('x-oss-ec') ?? undefined
  return new OssError({
    code,
    status,
    message: childText(error, 'Message') ?? `OSS answered ${status} without saying why`,
    ec,
    requestId: childText(error, 'RequestId') ?? headers.get('x-oss-request-id') ?? undefined,
    hostId: childText(error, 'HostId'),
    details: Object.fromEntries(
      (error?.children ?? []).filter(({ name }) => !known.has(name)).map(({ name, text }) => [name, text]),
    ),
    hint: HINTS[ec ?? ''] ?? HINTS[code],
  })
}

// What usually lies behind the codes, and the EC numbers, that our own calls meet.
const HINTS: Readonly<Record<string, string>> = {
  AccessDenied:
    'The access key may not do this: its RAM policy needs oss:PutObject, oss:GetObject and oss:DeleteObject on the bucket. The bucket may also be in another region than configured.',
  InvalidAccessKeyId: 'The access key id is unknown or disabled: check OSS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'The access key secret is another than the one of this id, or the region is wrong.',
  '0002-00000226': 'The request is signed for another region than the bucket is in: check OSS_REGION.',
  NoSuchBucket: 'There is no bucket of this name at this endpoint: check bucket, region and endpoint.',
  RequestTimeTooSkewed: 'The clock of this machine is more than 15 minutes off: set it by NTP.',
  SecurityTokenExpired: 'The temporary credentials have ended: provide fresh ones.',
  InvalidSecurityToken: 'The security token does not belong to this access key id.',
}
