import { smallSizeOf } from './shrink-picture.ts'

/** The first frame of many a film is black. */
const AT_SECOND = 1
const GIVE_UP_MS = 10_000

/** A small copy of one frame of a film; undefined where the browser cannot play it. */
export async function frameOf(file: File): Promise<ImageBitmap | undefined> {
  const film = document.createElement('video')
  const url = URL.createObjectURL(file)
  try {
    film.muted = true
    film.playsInline = true
    film.preload = 'auto'
    film.src = url
    await happened(film, 'loadeddata')
    // What a camera of the browser recorded does not know how long it is, and may not be sought through.
    if (Number.isFinite(film.duration) && film.duration > 0) {
      film.currentTime = Math.min(AT_SECOND, film.duration / 2)
      await happened(film, 'seeked')
    }
    const size = { width: film.videoWidth, height: film.videoHeight }
    return size.width === 0 || size.height === 0 ? undefined : await createImageBitmap(film, smallSizeOf(size))
  } finally {
    // Taken away its source, it gives up its decoder now and not some day.
    film.removeAttribute('src')
    film.load()
    URL.revokeObjectURL(url)
  }
}

function happened(film: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), GIVE_UP_MS)
    const end = (settle: () => void) => () => {
      clearTimeout(timer)
      settle()
    }
    film.addEventListener(event, end(resolve), { once: true })
    film.addEventListener(
      'error',
      end(() => reject(film.error ?? new Error('not a film'))),
      { once: true },
    )
  })
}
