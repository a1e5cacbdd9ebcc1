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
 * Source: OSS API reference, PostObject; `oss-direct` follows its newer, larger limits.
 */
export function readPostForm(body: Readable, contentType: string | undefined): Promise<PostForm> {
  const boundary = findBoundary(contentType)
  if (boundary === undefined) throw ossError('NotMultipart')

  const parser = new Dicer({ boundary })
  const fields = new Map<string, string>()
  const variables = new Map<string, string>()
  let fieldsBytes = 0
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

      parser.on('part', (part: Readable) => {
        part.on('error', () => refuse(ossError('MalformedForm')))
        part.on('header', (header: Record<string, string[]>) => {
          const { name, filename, type } = readPartHeader(header)
          if (name === undefined) return refuse(ossError('MalformedForm'))
          if (Buffer.byteLength(name) > MAX_NAME_BYTES) return refuse(ossError('FieldNameTooLong'))
          const isFile = name.toLowerCase() === 'file'
          if (isFile && file !== undefined) return refuse(ossError('WrongNumberOfFiles'))
          if (file !== undefined) return void part.resume()
          if (isFile) {
            file = part
            return resolve({
              fields,
              variables: Object.fromEntries(variables),
              file: { name: filename, contentType: type, content: part },
              end,
            })
          }
          const chunks: Buffer[] = []
          let bytes = 0
          fieldsBytes += Buffer.byteLength(name)
          part.on('data', (chunk: Buffer) => {
            bytes += chunk.length
            fieldsBytes += chunk.length
            if (bytes > MAX_VALUE_BYTES || fieldsBytes > MAX_FIELDS_BYTES) refuse(ossError('FieldsTooLarge'))
            else chunks.push(chunk)
          })
          part.on('end', () => {
            const value = Buffer.concat(chunks).toString()
            fields.set(name.toLowerCase(), value)
            if (name.startsWith('x:')) variables.set(name, value)
          })
        })
      })
      parser.on('error', () => refuse(ossError('MalformedForm')))
      parser.on('finish', () => (file === undefined ? refuse(ossError('WrongNumberOfFiles')) : ended()))
      body.on('error', refuse)
      body.pipe(parser)
    })
    // Whoever has the form waits for its end; a form that was refused has no such reader.
    end.catch(() => undefined)
  })
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
