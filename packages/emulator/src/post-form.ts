import type { Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'
import { type FormFields, ossError } from '@oss-direct/oss'

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
    content: Readable
  }
  /** Settles once everything was read; rejects where the rest is no well-formed form with this one file. */
  end: Promise<void>
}

const MAX_NAME_BYTES = 8 * 1024
const MAX_VALUE_BYTES = 2 * 1024 * 1024
const MAX_FIELDS_BYTES = 8 * 1024 * 1024

/**
 * Reads `multipart/form-data` up to the file.
 *
 * Throws OssError for what is no such form, one without file, and fields that are too long.
 * Source: OSS API reference, PostObject; of two documented limits the newer, larger ones.
 */
export function readPostForm(body: Readable, contentType: string | undefined): Promise<PostForm> {
  const boundary = findBoundary(contentType)
  if (boundary === undefined) throw ossError('NotMultipart')

  const parser = new Dicer({ boundary })
  const fields: Promise<Field>[] = []
  const budget = { bytes: MAX_FIELDS_BYTES }
  let file: Readable | undefined

  return new Promise<PostForm>((resolve, reject) => {
    const end = new Promise<void>((ended, failed) => {
      // Both: before the file is met nobody waits for the end, afterwards nobody for the form.
      const refuse = (error: unknown) => {
        reject(error)
        failed(error)
        body.unpipe(parser)
        file?.destroy(error instanceof Error ? error : undefined)
      }
      const readPart = (part: Readable, { name, filename, type }: PartHeader) => {
        if (name === undefined) return refuse(ossError('MalformedForm'))
        if (Buffer.byteLength(name) > MAX_NAME_BYTES) return refuse(ossError('FieldNameTooLong'))
        if (name.toLowerCase() !== 'file') {
          if (file) return part.resume()
          const field = readField(part, name, budget)
          field.catch(refuse)
          return fields.push(field)
        }
        if (file) return refuse(ossError('WrongNumberOfFiles'))
        file = part
        const opened = { name: filename, contentType: type, content: part }
        // The last fields may still be on their way through their streams.
        resolve(Promise.all(fields).then((all) => ({ ...collect(all), file: opened, end })))
      }

      parser.on('part', (part: Readable) => {
        part.on('error', () => refuse(ossError('MalformedForm')))
        part.on('header', (header: Record<string, string[]>) => readPart(part, readPartHeader(header)))
      })
      parser.on('error', () => refuse(ossError('MalformedForm')))
      parser.on('finish', () => (file ? ended() : refuse(ossError('WrongNumberOfFiles'))))
      body.on('error', refuse)
      body.pipe(parser)
    })
    // Whoever has the form waits for its end; a form that was refused has no such reader.
    end.catch(() => undefined)
  })
}

interface Field {
  name: string
  value: string
}

async function readField(part: Readable, name: string, budget: { bytes: number }): Promise<Field> {
  const chunks: Buffer[] = []
  let bytes = 0
  budget.bytes -= Buffer.byteLength(name)
  for await (const chunk of part as AsyncIterable<Buffer>) {
    bytes += chunk.length
    budget.bytes -= chunk.length
    if (bytes > MAX_VALUE_BYTES || budget.bytes < 0) throw ossError('FieldsTooLarge')
    chunks.push(chunk)
  }
  return { name, value: Buffer.concat(chunks).toString() }
}

function collect(all: readonly Field[]): Pick<PostForm, 'fields' | 'variables'> {
  return {
    fields: new Map(all.map(({ name, value }) => [name.toLowerCase(), value])),
    variables: Object.fromEntries(all.flatMap(({ name, value }) => (name.startsWith('x:') ? [[name, value]] : []))),
  }
}

function findBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2]
}

interface PartHeader {
  name: string | undefined
  filename: string
  type: string | undefined
}

// The parser hands headers over as Latin-1; what browsers put into them is UTF-8.
function readPartHeader(header: Record<string, string[]>): PartHeader {
  const disposition = utf8(header['content-disposition']?.[0]) ?? ''
  const type = utf8(header['content-type']?.[0])?.trim()
  const parameter = (name: string) => {
    const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:\\\\"|[^"])*)"|([^\\s;]+))`, 'i').exec(disposition)
    return (match?.[1] ?? match?.[2])?.replaceAll('\\"', '"')
  }
  return {
    name: /^form-data\s*;/i.test(disposition) ? parameter('name') : undefined,
    filename: parameter('filename') ?? '',
    type: type === '' ? undefined : type,
  }
}

function utf8(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8')
}
