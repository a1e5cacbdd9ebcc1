import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { attempt } from './attempt.ts'
import type { OssRequest } from './transport.ts'
import type { Attempt } from './verdict.ts'

const FILE_BYTES = 100

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('waits as long as bytes move, and no longer than that', async () => {
  const { move, made } = begin()
  for (const sent of [10, 20, 30]) {
    await vi.advanceTimersByTimeAsync(29_000)
    move(sent)
  }
  await vi.advanceTimersByTimeAsync(29_999)
  expect(made()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(made()).toMatchObject({ lost: { code: 'stalled', message: 'No byte moved for 30 s' }, allSent: false })
})

it('waits longer for the answer, whenever the last byte has left', async () => {
  const { move, made } = begin()
  await vi.advanceTimersByTimeAsync(29_000)
  move(FILE_BYTES)
  await vi.advanceTimersByTimeAsync(119_999)
  expect(made()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(made()).toMatchObject({ lost: { code: 'stalled', message: 'OSS gave no answer for 120 s' }, allSent: true })
})

it('looks at nothing any more once it is answered', async () => {
  const { answer, made } = begin()
  answer()
  await vi.advanceTimersByTimeAsync(0)
  expect(made()).toMatchObject({ answer: { status: 200 } })
  expect(vi.getTimerCount()).toBe(0)
})

/** A connection that does what it is told to, and ends only where nobody waits for it any more. */
function begin() {
  let request: OssRequest | undefined
  let answer = () => {}
  let made: Attempt | undefined
  const attempting = attempt({
    method: 'POST',
    url: 'https://oss',
    body: new FormData(),
    file: new File(['x'], 'a.txt'),
    signal: new AbortController().signal,
    stallMs: 30_000,
    onProgress: () => {},
    transport: (asked) => {
      request = asked
      return new Promise((resolve, reject) => {
        answer = () => resolve({ status: 200, body: '', header: () => undefined })
        asked.signal.addEventListener('abort', () => reject(asked.signal.reason))
      })
    },
  })
  void attempting.then((outcome) => {
    made = outcome
  })
  return {
    move: (sentBytes: number) => request?.onProgress(sentBytes, FILE_BYTES),
    answer: () => answer(),
    made: () => made,
  }
}
