import type { BucketAddress } from './bucket-address.ts'
import { OssError } from './oss-error.ts'
import type { PresignRequest } from './sign-request.ts'
import type { SignedCaller } from './signed-call.ts'
import { childText, escapeXml, readXml, type XmlElement } from './xml.ts'

/** A part as OSS holds it. */
export interface UploadedPart {
  partNumber: number
  size: number
  /** Without quotes. */
  etag: string
}

/** What a server calls to let somebody send an object in parts. Source: OSS API reference, multipart upload. */
export interface MultipartCalls {
  /** Begins an upload and gives its upload id. `headers`: what the object is going to have, and `x-oss-forbid-overwrite`. */
  initiateMultipart(key: string, headers?: Readonly<Record<string, string>>): Promise<string>
  /** A URL that takes one part of one upload: both signatures bind part number and upload id. */
  presignPart(request: PresignPartRequest): Promise<string>
  /** All of them, by number. Throws OssError `NoSuchUpload`. */
  listParts(key: string, uploadId: string): Promise<UploadedPart[]>
  /** Makes the object of exactly these parts, by number. Throws OssError `NoSuchUpload`, also when it was completed before. */
  completeMultipart(
    key: string,
    uploadId: string,
    parts: readonly Pick<UploadedPart, 'partNumber' | 'etag'>[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<void>
  /** Drops the parts. Nothing happens when there is no such upload. */
  abortMultipart(key: string, uploadId: string): Promise<void>
}

export interface PresignPartRequest {
  key: string
  uploadId: string
  /** 1 to 10,000. */
  partNumber: number
  /** Whole seconds, 1 to 604,800. */
  expiresInSeconds: number
  /** @default the client's own */
  address?: BucketAddress
}

export interface MultipartCaller {
  call: SignedCaller['call']
  presign(
    request: Pick<PresignRequest, 'method' | 'key' | 'expiresInSeconds' | 'query'> & { address?: BucketAddress },
  ): Promise<string>
  /** Of many parts OSS makes an object in its own time. */
  completeTimeoutMs: number
}

export function multipartCalls({ call, presign, completeTimeoutMs }: MultipartCaller): MultipartCalls {
  return {
    async initiateMultipart(key, headers = {}) {
      const answer = await call({ method: 'POST', key, query: { uploads: '' }, headers })
      const result = await readAnswer(answer, 'InitiateMultipartUploadResult')
      return requireText(result, 'UploadId', answer)
    },

    presignPart({ uploadId, partNumber, ...request }) {
      return presign({ ...request, method: 'PUT', query: { partNumber: String(partNumber), uploadId } })
    },

    async listParts(key, uploadId) {
      const parts: UploadedPart[] = []
      for (let marker = 0; ; ) {
        const query = { uploadId, 'max-parts': '1000', 'part-number-marker': String(marker) }
        const answer = await call({ method: 'GET', key, query })
        const page = await readAnswer(answer, 'ListPartsResult')
        parts.push(...page.children.filter(({ name }) => name === 'Part').map((part) => readPart(part, answer)))
        const next = Number(childText(page, 'NextPartNumberMarker'))
        // A page that does not lead on would be asked for again and again.
        if (childText(page, 'IsTruncated') !== 'true' || !(next > marker)) return parts
        marker = next
      }
    },

    async completeMultipart(key, uploadId, parts, headers = {}) {
      const answer = await call({
        method: 'POST',
        key,
        query: { uploadId },
        headers: { ...headers, 'content-type': 'application/xml' },
        body: partListXml(parts),
        timeoutMs: completeTimeoutMs,
      })
      await answer.arrayBuffer()
    },

    async abortMultipart(key, uploadId) {
      try {
        await call({ method: 'DELETE', key, query: { uploadId } })
      } catch (error) {
        if (!(error instanceof OssError && error.code === 'NoSuchUpload')) throw error
      }
    },
  }
}

function partListXml(parts: readonly Pick<UploadedPart, 'partNumber' | 'etag'>[]): string {
  const rows = parts.map(
    ({ partNumber, etag }) => `<Part><PartNumber>${partNumber}</PartNumber><ETag>"${escapeXml(etag)}"</ETag></Part>`,
  )
  return `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`
}

async function readAnswer(answer: Response, name: string): Promise<XmlElement> {
  const root = readXml(await answer.text())
  if (root?.name === name) return root
  throw unreadable(answer, `is no ${name}`)
}

function readPart(part: XmlElement, answer: Response): UploadedPart {
  const count = (name: string): number => {
    const text = requireText(part, name, answer)
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw unreadable(answer, `has the ${name} ${JSON.stringify(text)}`)
  }
  const etag = requireText(part, 'ETag', answer).replaceAll('"', '')
  return { partNumber: count('PartNumber'), size: count('Size'), etag }
}

function requireText(element: XmlElement, name: string, answer: Response): string {
  const text = childText(element, name)?.trim()
  if (text) return text
  throw unreadable(answer, `has no ${name}`)
}

function unreadable({ status, headers }: Response, fault: string): OssError {
  return new OssError({
    code: 'AnswerUnreadable',
    status,
    message: `The answer ${fault}`,
    requestId: headers.get('x-oss-request-id') ?? undefined,
    hint: 'Something between this server and OSS may have answered instead: check endpoint and proxies.',
  })
}
