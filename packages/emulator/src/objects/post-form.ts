import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { type FormFields, ossError } from '@oss-direct/oss'
import { FormParts, type PartHeader } from './form-parts.ts'

/** A form of PostObject, read as far as the bytes of its file. */
export interface PostForm {
  /**
   * The fields in front of `file`, by lower-case name; the later one where a name comes twice. What stands behind `file`
   * is no part of the form: a policy that binds it is not met.
   */
  fields: FormFields
  /** The fields `x:NAME` again, by the name they came with: it is the one that `${x:NAME}` of a callback means. */
  variables: Readonly<Record<string, string>>
  file: {
    /** As sent, with any folders in it; empty where the part has none. */
    name: string
    contentType: string | undefined
    /** Ends once everything was read; fails where the rest is no well-formed form with this one file. */
    content: AsyncIterable<Buffer>
  }
}

const MAX_NAME_BYTES = 8 * 1024
const MAX_VALUE_BYTES = 2 * 1024 * 1024
// Source: RFC 9110, section 5.6.2, token.
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const MAX_BYTES_BEFORE_FILE = 8 * 1024 * 1024

/**
 * Reads `multipart/form-data` up to the file.
 *
 * Throws OssError for what is no such form, one without file, and fields that are too long.
 * Source: OSS API reference, PostObject; of two documented limits the newer, larger ones.
 */
export async function readPostForm(body: Readable, contentType: string | undefined): Promise<PostForm> {
  const boundary = findBoundary(contentType)
  if (boundary === undefined) throw ossError('NotMultipart')
  const parts = new FormParts(body, boundary)
  const fields: Field[] = []
  for (;;) {
    const part = await nextPart(parts)
    if (part === undefined) throw ossError('WrongNumberOfFiles')
    const { name, filename, type } = part
    if (isFile(name)) {
      return { ...collect(fields), file: { name: filename, contentType: type, content: readFile(parts) } }
    }
    fields.push({ name, value: await readField(parts, name) })
  }
}

async function nextPart(parts: FormParts): Promise<(PartHeader & { name: string }) | undefined> {
  const part = await parts.next()
  if (part === undefined) return undefined
  const { name } = part
  if (name === undefined) throw ossError('MalformedForm')
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw ossError('FieldNameTooLong')
  return { ...part, name }
}

async function* readFile(parts: FormParts): AsyncGenerator<Buffer, void, undefined> {
  yield* parts.content()
  for (let part = await nextPart(parts); part; part = await nextPart(parts)) {
    if (isFile(part.name)) throw ossError('WrongNumberOfFiles')
  }
}

function isFile(name: string): boolean {
  return name.toLowerCase() === 'file'
}

interface Field {
  name: string
  value: string
}

async function readField(parts: FormParts, name: string): Promise<string> {
  if (/^x-oss-meta-/i.test(name) && !HEADER_NAME.test(name)) {
    throw ossError('InvalidArgument', {
      message: 'The name of metadata becomes a header, and this one cannot be one.',
      details: { ArgumentName: name },
    })
  }
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of parts.content()) {
    bytes += piece.length
    if (bytes > MAX_VALUE_BYTES) throw ossError('FieldsTooLarge')
    pieces.push(piece)
  }
  if (parts.position > MAX_BYTES_BEFORE_FILE) throw ossError('FieldsTooLarge')
  const value = Buffer.concat(pieces)
  // Two keys that differ in such bytes would become the same text.
  if (name.toLowerCase() === 'key' && !isUtf8(value)) throw ossError('InvalidObjectName')
  return value.toString()
}

function collect(all: readonly Field[]): Pick<PostForm, 'fields' | 'variables'> {
  return {
    fields: new Map(all.map(({ name, value }) => [name.toLowerCase(), value])),
    variables: Object.fromEntries(all.flatMap(({ name, value }) => (name.startsWith('x:') ? [[name, value]] : []))),
  }
}

function findBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2]
}
