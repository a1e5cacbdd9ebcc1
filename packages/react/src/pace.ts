import type { Upload } from '@oss-direct/uploader'
import { useEffect, useRef, useState } from 'react'

/** How fast bytes leave, smoothed, so that the figure can be read while it changes. */
export interface Pace {
  startedAt: number
  measuredAt: number
  /** When a byte last moved. */
  movedAt: number
  bytesPerSecond: number
  /** As they stood when this was measured. */
  uploads: readonly Upload[]
}

const SAMPLE_MS = 500
const SMOOTHING_MS = 3000
const FIRST_FIGURE_MS = 1000
/** After so long without a byte a time left would be a guess. */
const STILL_MS = 5000
/** A longer gap is a computer that slept; what came before tells nothing of now. */
const GAP_MS = 15_000

/** The pace after one more look. The same object where it is too early for a new figure. */
export function measurePace(pace: Pace | undefined, uploads: readonly Upload[], now: number): Pace {
  const elapsed = now - (pace?.measuredAt ?? 0)
  if (pace === undefined || elapsed > GAP_MS) {
    return { startedAt: now, measuredAt: now, movedAt: now, bytesPerSecond: 0, uploads }
  }
  if (elapsed < SAMPLE_MS) return pace
  const moved = bytesMoved(pace.uploads, uploads)
  const current = (moved * 1000) / elapsed
  // By elapsed time and not by sample: progress events come when they like.
  const weight = pace.bytesPerSecond === 0 ? 1 : 1 - Math.exp(-elapsed / SMOOTHING_MS)
  return {
    startedAt: pace.startedAt,
    measuredAt: now,
    movedAt: moved > 0 ? now : pace.movedAt,
    bytesPerSecond: pace.bytesPerSecond + (current - pace.bytesPerSecond) * weight,
    uploads,
  }
}

/** Bytes per second and milliseconds left, once they mean something and as long as they do. */
export function estimate(
  pace: Pace | undefined,
  leftBytes: number,
): { bytesPerSecond: number; leftMs: number } | undefined {
  if (pace === undefined || pace.bytesPerSecond < 1) return undefined
  if (pace.measuredAt - pace.startedAt < FIRST_FIGURE_MS || pace.measuredAt - pace.movedAt >= STILL_MS) return undefined
  return { bytesPerSecond: pace.bytesPerSecond, leftMs: (leftBytes * 1000) / pace.bytesPerSecond }
}

/**
 * Bytes that left between two looks. Only what was sent is counted, and nothing against it: parts that go again take back
 * some of `sentBytes`, a resumed upload begins with what OSS has of it, and a cancelled one goes with all it had.
 */
export function bytesMoved(before: readonly Upload[], after: readonly Upload[]): number {
  let byId: Map<string, Upload> | undefined
  let moved = 0
  after.forEach((upload, index) => {
    if (before[index] === upload) return
    if (before[index]?.id !== upload.id) byId ??= new Map(before.map((other) => [other.id, other]))
    const last = before[index]?.id === upload.id ? before[index] : byId?.get(upload.id)
    if (last !== undefined) moved += Math.max(0, (sentOf(upload) ?? 0) - (sentBefore(upload, last) ?? Infinity))
  })
  return moved
}

/** What of it has left; undefined where that is not known. */
function sentOf(upload: Upload): number | undefined {
  if (upload.phase === 'sending') return upload.sentBytes
  return upload.phase === 'confirming' || upload.phase === 'done' ? upload.file.size : undefined
}

function sentBefore(upload: Upload, last: Upload): number | undefined {
  if (last.phase !== 'queued' && last.phase !== 'signing') return sentOf(last)
  // A small file is through between two looks. One in parts may have begun with what OSS had of it.
  return upload.phase === 'sending' && !upload.pauseRestarts ? upload.sentBytes : 0
}

/** `running`: whether bytes are being sent; without that there is no pace, and the next one begins anew. */
export function usePace(uploads: readonly Upload[], running: boolean): Pace | undefined {
  const [pace, setPace] = useState<Pace>()
  const latest = useRef(uploads)
  useEffect(() => {
    latest.current = uploads
    if (running) setPace((last) => measurePace(last, uploads, performance.now()))
  }, [uploads, running])
  useEffect(() => {
    if (!running) return
    // When nothing moves nothing tells of it, and the last figure would stand there as if it were true.
    const timer = setInterval(() => setPace((last) => measurePace(last, latest.current, performance.now())), 1000)
    return () => {
      clearInterval(timer)
      setPace(undefined)
    }
  }, [running])
  return pace
}
