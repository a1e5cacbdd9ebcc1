import { describe, expect, it } from 'vitest'
import { attempt } from './attempt.ts'
import { createLanes } from './lanes.ts'
import { sendParts } from './send-parts.ts'
import type { Transport } from './transport.ts'

// A cancel or a pause that comes while something else was waited for: a URL, the code for parts.

const file = new File(['hello'], 'a.txt')
const common = { file, signal: AbortSignal.abort(), stallMs: 1000, onProgress: () => {} }

/** Like any transport it looks at its signal first. */
function recordingTransport() {
  const left: string[] = []
  const transport: Transport = async ({ url, signal }) => {
    if (signal.aborted) throw new Error('stopped')
    left.push(url)
    return { status: 200, body: '', header: () => undefined }
  }
  return { left, transport }
}

describe('what was cancelled before it began', () => {
  it('sends no request', async () => {
    const { left, transport } = recordingTransport()
    await expect(attempt({ ...common, transport, method: 'PUT', url: '/1', body: file })).rejects.toThrow('stopped')
    expect(left).toEqual([])
  })

  it('begins no upload in parts', async () => {
    const { left, transport } = recordingTransport()
    const asked: string[] = []
    const sending = sendParts({
      ...common,
      transport,
      grant: {
        id: 'r',
        key: 'k',
        expiresAt: '2030-01-01T00:00:00Z',
        transport: 'multipart',
        partSize: 5,
        partCount: 1,
      },
      clockOffsetMs: 0,
      api: async (_method, path) => {
        asked.push(path)
        return { urls: [{ partNumber: 1, url: '/1' }], expiresAt: '2030-01-01T00:00:00Z', have: [] }
      },
      lanes: createLanes(1),
      partsAtOnce: 1,
      isOnline: () => true,
      onStored: () => {},
    })
    await expect(sending).rejects.toMatchObject({ code: 'cancelled' })
    expect([...asked, ...left]).toEqual([])
  })
})
