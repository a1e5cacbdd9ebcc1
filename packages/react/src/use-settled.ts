import type { Json } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { useEffect, useRef } from 'react'

export interface SettledHandlers<Result = Json> {
  /** The application has answered; `upload.result` is what it said. */
  onDone?: ((upload: Extract<Upload<Result>, { phase: 'done' }>) => void) | undefined
  /** It is in OSS and the application has not answered. `onDone` may still follow. */
  onUnconfirmed?: ((upload: Extract<Upload<Result>, { phase: 'unconfirmed' }>) => void) | undefined
  onFailed?: ((upload: Extract<Upload<Result>, { phase: 'failed' }>) => void) | undefined
}

/** Calls a handler whenever an upload comes to one of these ends; not for what had ended before. */
export function useSettled(uploads: readonly Upload[], handlers: SettledHandlers): void {
  const latest = useRef(handlers)
  const before = useRef(uploads)

  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const last = before.current
    before.current = uploads
    for (const upload of changedPhase(last, uploads)) {
      if (upload.phase === 'done') latest.current.onDone?.(upload)
      else if (upload.phase === 'unconfirmed') latest.current.onUnconfirmed?.(upload)
      else if (upload.phase === 'failed') latest.current.onFailed?.(upload)
    }
  }, [uploads])
}

/** The uploads that stand in another phase than in the snapshot before, or were not in it. */
export function changedPhase(last: readonly Upload[], uploads: readonly Upload[]): Upload[] {
  // Nearly always an upload is where it was; only after a removal the others have moved up and are looked for by id.
  let byId: Map<string, Upload> | undefined
  const previous = (upload: Upload, index: number) => {
    if (last[index]?.id === upload.id) return last[index]
    byId ??= new Map(last.map((other) => [other.id, other]))
    return byId.get(upload.id)
  }
  return uploads.filter((upload, index) => last[index] !== upload && previous(upload, index)?.phase !== upload.phase)
}
