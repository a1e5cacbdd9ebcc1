import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TransformCallback } from 'node:stream'
import { Transform } from 'node:stream'

/** The body of one request: counted, and slowed, cut or held where a fault says so. */
export class RequestBody extends Transform {
  receivedBytes = 0
  readonly #request: IncomingMessage
  readonly #md5: ReturnType<typeof createHash> | undefined
  #bytesPerSecond = Number.POSITIVE_INFINITY
  #dropAfterBytes = Number.POSITIVE_INFINITY
  #stallAfterBytes = Number.POSITIVE_INFINITY
  #stalled: Promise<void> | undefined
  #pause: NodeJS.Timeout | undefined

  /** `wantsMd5`: keep a digest of the whole body, for a Content-MD5 that covers more than the file. */
  constructor(request: IncomingMessage, { wantsMd5 }: { wantsMd5: boolean }) {
    super({ highWaterMark: 256 * 1024 })
    this.#request = request
    this.#md5 = wantsMd5 ? createHash('md5') : undefined
    request.pipe(this)
    request.once('error', (error) => this.destroy(error))
    request.once('close', () => {
      if (!request.complete) this.destroy(new Error('The client went away before the request was complete'))
    })
    // A body nobody reads any more may fail; those who read get the failure from their own stream.
    this.on('error', () => undefined)
  }

  /** Base64, once everything was read. */
  get md5(): string | undefined {
    return this.#md5?.copy().digest('base64')
  }

  slowDown(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond
  }

  dropAfter(bytes: number): void {
    this.#dropAfterBytes = bytes
    if (this.receivedBytes >= bytes) this.#request.socket.destroy()
  }

  /**
   * Reads no further than so many bytes until `onCleared` calls. Where that many have come already it resolves only then.
   * Rejects when the connection ends first.
   */
  async stallAfter(bytes: number, onCleared: (listener: () => void) => void): Promise<void> {
    const { socket } = this.#request
    this.#stallAfterBytes = bytes
    this.#stalled = new Promise((resolve, reject) => {
      onCleared(resolve)
      socket.once('close', () => reject(new Error('The client went away while it was stalled')))
    })
    // Whoever waits hears of it; where nobody does yet, nobody need.
    this.#stalled.catch(() => undefined)
    if (this.receivedBytes >= bytes) await this.#stalled
  }

  /**
   * Reads what is left into the void, so that a client still sending gets to see the answer and not a reset. A client
   * that sends more than `maxBytes` of it is cut off.
   */
  drain(maxBytes: number): void {
    this.#dropAfterBytes = Math.min(this.#dropAfterBytes, this.receivedBytes + maxBytes)
    // Whoever began to read and gave up still listens, and a stream with such a listener does not flow.
    this.removeAllListeners('readable')
    this.resume()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedBytes += chunk.length
    if (this.receivedBytes >= this.#dropAfterBytes) {
      this.#request.socket.destroy()
      return
    }
    this.#md5?.update(chunk)
    if (this.receivedBytes >= this.#stallAfterBytes) {
      this.#stallAfterBytes = Number.POSITIVE_INFINITY
      this.#stalled?.then(() => done(null, chunk), done)
    } else if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) done(null, chunk)
    else this.#pause = setTimeout(done, (chunk.length / this.#bytesPerSecond) * 1000, null, chunk)
  }

  /** A slowed chunk may have hours to wait for; nobody waits for it once the client is gone. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#pause)
    done(error)
  }
}
