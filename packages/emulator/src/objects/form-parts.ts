import { ossError } from '@oss-direct/oss'

/** What stands in front of a part's content. */
export interface PartHeader {
  name: string | undefined
  /** As sent, with any folders in it; empty where there is none. */
  filename: string
  type: string | undefined
}

// Source: RFC 2046, section 5.1.1.
const MAX_BOUNDARY_LENGTH = 70
const MAX_HEADER_BYTES = 32 * 1024
const CRLF = Buffer.from('\r\n')
const END_OF_HEADER = Buffer.from('\r\n\r\n')

/**
 * The parts of a `multipart/form-data` body, one after the other, and of each its content as it arrives. What is in memory at any
 * moment is one chunk of the body.
 *
 * Throws OssError `MalformedPOSTRequest` where the body is none of that boundary.
 */
export class FormParts {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #delimiter: Buffer
  /** Read and not given out yet. Begins with a line end of our own: the first boundary need not have one. */
  #rest: Buffer = CRLF
  #received = CRLF.length
  /** The text in front of the first boundary counts as a part that nobody wants. */
  #isInContent = true

  constructor(body: AsyncIterable<Buffer>, boundary: string) {
    if (boundary.length > MAX_BOUNDARY_LENGTH) throw ossError('MalformedForm')
    this.#chunks = body[Symbol.asyncIterator]()
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  }

  /** How much of the body has been read and is done with, in bytes. */
  get position(): number {
    return this.#received - this.#rest.length
  }

  /** Goes to the next part, past what is left of this one. Nothing behind the last, once the whole body was read. */
  async next(): Promise<PartHeader | undefined> {
    if (this.#isInContent) for await (const _skipped of this.content());
    while (this.#rest.length < 2) await this.#readOn()
    if (this.#rest.toString('latin1', 0, 2) === '--') {
      while (!(await this.#chunks.next()).done);
      return undefined
    }
    const header = await this.#readHeader()
    this.#isInContent = true
    return header
  }

  /** What the current part contains, or what is left of it. */
  async *content(): AsyncGenerator<Buffer, void, undefined> {
    const delimiter = this.#delimiter
    for (;;) {
      const at = this.#rest.indexOf(delimiter)
      const isOver = at !== -1
      const end = isOver ? at : this.#rest.length - this.#possibleStart()
      const piece = this.#rest.subarray(0, end)
      this.#rest = this.#rest.subarray(isOver ? end + delimiter.length : end)
      if (isOver) this.#isInContent = false
      if (piece.length > 0) yield piece
      if (isOver) return
      await this.#readOn()
    }
  }

  /** How many bytes at the end may be the beginning of a delimiter. */
  #possibleStart(): number {
    const from = Math.max(0, this.#rest.length - this.#delimiter.length + 1)
    for (let at = this.#rest.indexOf('\r', from); at !== -1; at = this.#rest.indexOf('\r', at + 1)) {
      const length = this.#rest.length - at
      if (this.#rest.compare(this.#delimiter, 0, length, at) === 0) return length
    }
    return 0
  }

  async #readHeader(): Promise<PartHeader> {
    let end = this.#rest.indexOf(END_OF_HEADER)
    while (end === -1 && this.#rest.length <= MAX_HEADER_BYTES) {
      await this.#readOn()
      end = this.#rest.indexOf(END_OF_HEADER)
    }
    if (end === -1 || end > MAX_HEADER_BYTES) throw ossError('MalformedForm')
    const block = this.#rest.subarray(0, end)
    this.#rest = this.#rest.subarray(end + END_OF_HEADER.length)
    // What browsers put into headers is UTF-8.
    return describe(parseHeader(block.toString()))
  }

  async #readOn(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done) throw ossError('MalformedForm')
    this.#received += value.length
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value])
  }
}

/** The headers of a part by lower-case name; of several, the first. */
function parseHeader(block: string): Map<string, string> {
  // Between a boundary and its line end there may be white space. Folded lines are one.
  const [padding, ...lines] = block.replace(/\r\n[ \t]+(?=\S)/g, ' ').split('\r\n')
  if (padding === undefined || !/^[ \t]*$/.test(padding)) throw ossError('MalformedForm')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+)[ \t]*:([^\r\n]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw ossError('MalformedForm')
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value.trim())
  }
  return headers
}

function describe(headers: ReadonlyMap<string, string>): PartHeader {
  const disposition = headers.get('content-disposition') ?? ''
  const parameters = /^form-data\s*;/i.test(disposition) ? readParameters(disposition) : new Map<string, string>()
  return {
    name: parameters.get('name'),
    filename: parameters.get('filename') ?? '',
    type: headers.get('content-type') || undefined,
  }
}

/** By lower-case name. Read one behind the other: the name of a file may look like a parameter. */
function readParameters(header: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, plain = ''] of header.matchAll(PARAMETER)) {
    const value = quoted === undefined ? plain : quoted.replaceAll('\\"', '"')
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value)
  }
  return parameters
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\"|[^"])*)"|([^\s;]*))/g
