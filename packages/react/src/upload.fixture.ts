import { UploadError, type UploadErrorCode } from '@oss-direct/shared'
import type { Upload, UploadPhase } from '@oss-direct/uploader'

/** An upload in a phase, for tests of what is made of it. */
export function uploadIn(phase: UploadPhase, { id = 'u1', name = 'cat.png', size = 100, code }: Facts = {}): Upload {
  const base = { id, route: 'demo', file: new File([new Uint8Array(size)], name, { type: 'image/png' }), addedAt: 0 }
  const recordId = `record-${id}`
  const error = new UploadError(code ?? 'network', `${name}: a reason`)
  switch (phase) {
    case 'sending':
      return { ...base, phase, recordId, sentBytes: size / 2, pauseRestarts: true }
    case 'paused':
      return { ...base, phase, sentBytes: size / 4 }
    case 'needs-file':
      return { ...base, phase, access: 'choose', sentBytes: 0 }
    case 'confirming':
      return { ...base, phase, recordId }
    case 'done':
      return { ...base, phase, recordId, result: { key: name } }
    case 'unconfirmed':
      return { ...base, phase, recordId, error }
    case 'rejected':
    case 'failed':
      return { ...base, phase, error }
    default:
      return { ...base, phase }
  }
}

interface Facts {
  id?: string
  name?: string
  size?: number
  code?: UploadErrorCode
}
