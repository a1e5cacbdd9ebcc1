import { childText, readXml, type XmlElement } from '@oss-direct/oss'
import type { Emulator } from '../emulator.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import type { Answer } from '../stage/stage.fixture.ts'

/** The smallest part that may stand before another. */
export const PART_BYTES = 100 * 1024

type Oss = Pick<Emulator, 'origin'>
type Headers = Readonly<Record<string, string>>

/** Begins an upload of an honest client, and gives its id. */
export async function initiate(oss: Oss, key: string, headers: Headers = {}): Promise<string> {
  const answer = await sendSigned(oss, 'POST', { key, query: { uploads: '' }, headers })
  return childText(xmlOf(answer), 'UploadId') ?? ''
}

export function putPart(
  oss: Oss,
  target: { key: string; uploadId: string; number?: number | string },
  body?: string,
  headers: Headers = {},
): Promise<Answer> {
  const { key, uploadId, number = 1 } = target
  // The other order than that of most SDKs.
  const query = { uploadId, partNumber: String(number) }
  return sendSigned(oss, 'PUT', { key, query, headers, ...(body !== undefined && { body }) })
}

/** An upload with parts numbered from one. */
export async function upload(oss: Oss, key: string, bodies: readonly string[], headers: Headers = {}) {
  const uploadId = await initiate(oss, key, headers)
  const etags: string[] = []
  for (const [index, body] of bodies.entries()) {
    const { headers: answered } = await putPart(oss, { key, uploadId, number: index + 1 }, body)
    etags.push(answered.get('etag') ?? '')
  }
  return { key, uploadId, etags, xml: partList(etags.map((etag, index) => [index + 1, etag])) }
}

export function partList(parts: readonly (readonly [number: number | string, etag: string])[]): string {
  const elements = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
  return `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`
}

export function complete(
  oss: Oss,
  { key, uploadId, xml }: { key: string; uploadId: string; xml?: string },
  { headers = {}, query = {} }: { headers?: Headers; query?: Headers } = {},
): Promise<Answer> {
  const body = xml === undefined ? {} : { body: xml }
  return sendSigned(oss, 'POST', { key, query: { uploadId, ...query }, headers, ...body })
}

export function xmlOf({ text }: Answer): XmlElement {
  const root = readXml(text)
  if (!root) throw new Error(`This is no XML: ${text}`)
  return root
}

/** Texts of the children of that name. */
export function textsOf(root: XmlElement, name: string): string[] {
  return root.children.filter((child) => child.name === name).map((child) => child.text)
}
