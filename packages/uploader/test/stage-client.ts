import { inject, vi } from 'vitest'
import type { Upload, UploadPhase } from '../src/upload.ts'
import type { Uploader } from '../src/uploader.ts'

// What browser tests have of the stage, and of the uploader under test.

export const { endpoint, control } = inject('stage')

interface SentRequest {
  operation: string
  status: number
  key: string
  query: string
  headers: Readonly<Record<string, string>>
  /** ISO 8601. */
  startedAt: string
  /** Of its body. */
  bytesReceived: number
}

export interface Report {
  calls: string[]
  hookRuns: Record<string, number>
  /** What reached the bucket, oldest first. */
  requests: SentRequest[]
  forms: SentRequest[]
}

export async function tell<Answer = Report>(verb: string, body: object = {}): Promise<Answer> {
  const answer = await fetch(`${control}/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

export function report(key?: string): Promise<Report> {
  return tell('report', key === undefined ? {} : { key })
}

/** The phases of every upload, in the order in which listeners saw them. */
export function watchPhases(uploader: Uploader): Map<string, UploadPhase[]> {
  const phases = new Map<string, UploadPhase[]>()
  uploader.subscribe(() => {
    for (const { id, phase } of uploader.getSnapshot()) {
      const seen = phases.get(id) ?? []
      if (seen.at(-1) !== phase) phases.set(id, [...seen, phase])
    }
  })
  return phases
}

export async function reachPhase<Phase extends UploadPhase>(
  uploader: Uploader,
  id: string | undefined,
  phase: Phase,
  timeout = 10_000,
) {
  const reached = await vi.waitFor(
    () => {
      const upload = uploader.getSnapshot().find((candidate) => candidate.id === id)
      if (upload?.phase !== phase)
        throw new Error(
          `it is ${upload?.phase}: ${JSON.stringify(upload && 'error' in upload && upload.error?.message)}`,
        )
      return upload as Extract<Upload, { phase: Phase }>
    },
    { timeout, interval: 5 },
  )
  await new Promise((resolve) => setTimeout(resolve, 40)) // listeners hear of it with the next frame
  return reached
}

export function keyOf(upload: Upload): string {
  const { result } = upload as Extract<Upload, { phase: 'done' }>
  return (result as { key: string }).key
}

export function file(name: string, content: BlobPart): File {
  return new File([content], name, { type: 'text/plain' })
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='

/** A picture of one pixel, made longer by zeros: servers look at the first bytes of what calls itself a picture. */
export function picture(name: string, size = 100): File {
  const bytes = new Uint8Array(size)
  bytes.set(Uint8Array.from(atob(PIXEL), (letter) => letter.charCodeAt(0)))
  return new File([bytes], name, { type: 'image/png' })
}
