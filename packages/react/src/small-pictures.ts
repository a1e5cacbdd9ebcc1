import { frameOf } from './film-frame.ts'
import type { PictureAnswer, PictureQuestion } from './picture-worker.ts'
import { shrinkPicture } from './shrink-picture.ts'

// A thousand photographs of twelve megapixels are 48 GB once they are unpacked. So no more than these are unpacked at a time,
// only for rows that are in the page, and of the small ones these are kept for when a row comes back into sight.
const AT_ONCE = 2
const KEPT = 200
const IDLE_MS = 10_000

interface Wish {
  file: File
  signal: AbortSignal
  resolve(bitmap: ImageBitmap | undefined): void
}

const kept = new Map<File, ImageBitmap>()
const waiting: Wish[] = []
let running = 0

/**
 * A picture of some 80 pixels, made off the main thread. Draw it before anything else is awaited: it may be freed afterwards.
 * Undefined where there is none to be had, or nobody waits for it any more.
 */
export function smallPictureOf(file: File, signal: AbortSignal): Promise<ImageBitmap | undefined> {
  const known = kept.get(file)
  if (known !== undefined) {
    keep(file, known)
    return Promise.resolve(known)
  }
  return new Promise((resolve) => {
    waiting.push({ file, signal, resolve })
    next()
  })
}

function next(): void {
  if (running >= AT_ONCE) return
  const wish = waiting.shift()
  if (wish === undefined) {
    if (running === 0) restSoon()
    return
  }
  // A row that was scrolled out of sight costs nothing any more.
  if (wish.signal.aborted) {
    wish.resolve(undefined)
    next()
    return
  }
  running += 1
  make(wish.file)
    .then(
      (bitmap) => {
        if (bitmap !== undefined) keep(wish.file, bitmap)
        wish.resolve(bitmap)
      },
      () => wish.resolve(undefined),
    )
    .finally(() => {
      running -= 1
      next()
    })
}

/** The one that was longest out of use goes. */
function keep(file: File, bitmap: ImageBitmap): void {
  kept.delete(file)
  kept.set(file, bitmap)
  if (kept.size <= KEPT) return
  for (const [oldest, old] of kept) {
    kept.delete(oldest)
    old.close()
    return
  }
}

function make(file: File): Promise<ImageBitmap | undefined> {
  if (file.type.startsWith('video/')) return frameOf(file)
  const hired = hire()
  return hired === undefined ? shrinkPicture(file) : hired.shrink(file)
}

// --- the worker ---

interface Hired {
  worker: Worker
  shrink(file: File): Promise<ImageBitmap | undefined>
}

let hired: Hired | undefined
let refused = false
let resting: ReturnType<typeof setTimeout> | undefined

/** Undefined where the page may have no worker: then the browser unpacks beside the main thread, and shrinks on it. */
function hire(): Hired | undefined {
  clearTimeout(resting)
  if (hired !== undefined || refused) return hired
  try {
    // Bundlers look for these very words. Of the sources Vite takes the file that ends in .ts; compiled, it ends in .js.
    const worker = new Worker(new URL('./picture-worker.js', import.meta.url), { type: 'module', name: 'pictures' })
    hired = employ(worker)
  } catch {
    refused = true
  }
  return hired
}

function employ(worker: Worker): Hired {
  const asked = new Map<number, (bitmap: ImageBitmap | undefined) => void>()
  let lastId = 0
  worker.addEventListener('message', ({ data: { id, bitmap } }: MessageEvent<PictureAnswer>) => {
    asked.get(id)?.(bitmap)
    asked.delete(id)
  })
  worker.addEventListener('error', () => {
    refused = true
    hired = undefined
    worker.terminate()
    for (const answer of asked.values()) answer(undefined)
  })
  return {
    worker,
    shrink: (file) =>
      new Promise((resolve) => {
        lastId += 1
        asked.set(lastId, resolve)
        worker.postMessage({ id: lastId, file } satisfies PictureQuestion)
      }),
  }
}

function restSoon(): void {
  clearTimeout(resting)
  resting = setTimeout(() => {
    hired?.worker.terminate()
    hired = undefined
  }, IDLE_MS)
}
