import { matchesType } from '@oss-direct/shared'

/** What to ask a camera for, as the `accept` of an input; undefined where a route takes nothing that cameras make. */
export function captureTypes(accept: readonly string[] | undefined): string | undefined {
  if (accept === undefined) return undefined
  const wanted = CAMERA_FILES.filter((file) => matchesType(file, accept)).map(({ type }) => type.replace(/\/.*/, '/*'))
  return wanted.length === 0 ? undefined : wanted.join(',')
}

const CAMERA_FILES = [
  { name: 'camera.jpg', type: 'image/jpeg' },
  { name: 'camera.mp4', type: 'video/mp4' },
]
