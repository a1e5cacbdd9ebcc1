import { UploadError } from '@oss-direct/shared'
import type { Checksum } from './checksum.ts'
import type { Crc64Answer, Crc64Question } from './crc64-worker.ts'

export type { Checksum } from './checksum.ts'

interface Asked {
  file: Blob
  resolve(crc64: string): void
  reject(error: UploadError): void
}

/** CRC-64 in a worker, one for all files, which begins with the first of them: the page's own thread reads nothing. */
export function crc64Worker(): Checksum {
  let worker: Worker | undefined
  let lastId = 0
  const waiting = new Map<number, Asked>()

  const take = (id: number): Asked | undefined => {
    const asked = waiting.get(id)
    waiting.delete(id)
    return asked
  }
  const stop = (error: UploadError) => {
    worker?.terminate()
    worker = undefined
    for (const id of [...waiting.keys()]) take(id)?.reject(error)
  }
  const start = (): Worker => {
    const started = startWorker()
    started.addEventListener('message', ({ data }: MessageEvent<Crc64Answer>) => {
      const asked = take(data.id)
      if ('crc64' in data) asked?.resolve(data.crc64)
      else asked?.reject('unreadable' in data ? unreadable(asked.file, data.unreadable) : unavailable(data.failed))
    })
    started.addEventListener('error', ({ message }) => {
      // One that was given up may still fail to load.
      if (started === worker) stop(unavailable(message))
    })
    return started
  }
  return {
    of: (file, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(cancelled())
        lastId += 1
        const id = lastId
        const cancel = () => {
          worker?.postMessage({ id } satisfies Crc64Question)
          take(id)?.reject(cancelled())
        }
        const settle = <T>(give: (value: T) => void) => {
          return (value: T) => {
            signal.removeEventListener('abort', cancel)
            give(value)
          }
        }
        waiting.set(id, { file, resolve: settle(resolve), reject: settle(reject) })
        signal.addEventListener('abort', cancel)
        try {
          worker ??= start()
          worker.postMessage({ id, file } satisfies Crc64Question)
        } catch (error) {
          take(id)?.reject(unavailable(error))
        }
      }),
    dispose: () => stop(cancelled()),
  }
}

/** Throws where the page may not have it. */
function startWorker(): Worker {
  // Bundlers look for these very words. Of the sources Vite takes the file that ends in .ts; compiled, it ends in .js.
  return new Worker(new URL('./crc64-worker.js', import.meta.url), { type: 'module', name: 'crc64' })
}

function cancelled(): UploadError {
  return new UploadError('cancelled', 'The checksum is not wanted any more')
}

function unreadable(file: Blob, cause: string): UploadError {
  const name = file instanceof File ? file.name : 'The file'
  return new UploadError('file-unreadable', `${name} can no longer be read`, {
    hint: 'It was changed, moved or deleted since it was added: add it again.',
    cause,
  })
}

function unavailable(cause: unknown): UploadError {
  return new UploadError('checksum-unavailable', 'The checksum of the file could not be worked out', {
    hint: "Where the page has a Content-Security-Policy, it needs worker-src 'self'; where one is sent with the worker's script, script-src 'wasm-unsafe-eval'.",
    cause,
  })
}
