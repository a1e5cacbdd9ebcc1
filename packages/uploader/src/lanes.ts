import { UploadError } from '@oss-direct/shared'

/**
 * The connections to OSS, which forms and parts of all files share, first come first served. A browser opens no more than six
 * to one host, and a request that waits inside the browser cannot be told from one that stands still.
 */
export interface Lanes {
  /** Waits for a lane, and works in it. Rejects with UploadError `cancelled` when the signal comes first. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export function createLanes(count: number): Lanes {
  const waiting = new Set<() => void>()
  let free = count
  const enter = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(go)
        reject(new UploadError('cancelled', 'The upload was cancelled'))
      }
      const go = () => {
        waiting.delete(go)
        signal.removeEventListener('abort', leave)
        free -= 1
        resolve()
      }
      if (signal.aborted) return leave()
      if (free > 0) return go()
      waiting.add(go)
      signal.addEventListener('abort', leave)
    })
  return {
    async run(signal, work) {
      await enter(signal)
      try {
        return await work()
      } finally {
        free += 1
        const [next] = waiting
        next?.()
      }
    },
  }
}
