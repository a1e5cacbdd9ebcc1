import type { Json } from '@oss-direct/shared'
import { type RefObject, useEffect, useState } from 'react'

/** What the frame tells of an upload that is done. */
export interface FrameResult {
  id: string
  name: string
  result: Json
}

/** The results that this very frame posted, newest first. Whatever another window or origin says is not heard. */
export function useFrameResults(frame: RefObject<HTMLIFrameElement | null>, frameOrigin: string): FrameResult[] {
  const [results, setResults] = useState<FrameResult[]>([])
  useEffect(() => {
    const hear = ({ origin, source, data }: MessageEvent) => {
      if (origin !== frameOrigin || source === null || source !== frame.current?.contentWindow) return
      const result = readResult(data)
      if (result !== undefined) setResults((heard) => [result, ...heard.filter(({ id }) => id !== result.id)])
    }
    addEventListener('message', hear)
    return () => removeEventListener('message', hear)
  }, [frame, frameOrigin])
  return results
}

function readResult(data: unknown): FrameResult | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'upload-done') return undefined
  const { id, name, result = null } = data as { id?: unknown; name?: unknown; result?: Json }
  return typeof id === 'string' && typeof name === 'string' ? { id, name, result } : undefined
}
