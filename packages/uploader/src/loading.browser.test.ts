import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { endpoint, file, reachPhase, tell } from '../test/stage-client.ts'
import type { Journal } from './journal.ts'
import { createUploader, type Uploader } from './uploader.ts'

// What becomes of files while the module that sends them cannot be loaded: there is no connection, or a newer deployment has
// taken it away. Here the browser refuses to load it. Once loaded it stays, so only the last test lets it.

let uploader: Uploader

beforeEach(async () => {
  await tell('clear')
  await block(['*/sending.ts*'])
})
afterEach(async () => {
  uploader.dispose()
  vi.restoreAllMocks()
  await block([])
})

describe('without the module that sends', () => {
  it('what is unconfirmed stays so, and can be asked for', async () => {
    uploader = createUploader({ endpoint, journal: journalOfOneThatWasSent() })
    await reachPhase(uploader, 'left', 'unconfirmed')
    uploader.confirm('left')
    await reachPhase(uploader, 'left', 'unconfirmed')
  })

  it('files wait in line for the connection, and say why when it alone does not help', async () => {
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    uploader = createUploader({ endpoint, journal: false })
    uploader.add('demo', [file('a.txt', 'hello')])
    await uploader.rules('demo')
    uploader.tryNow()
    await expect(import('./sending.ts')).rejects.toThrow(TypeError)
    await new Promise((resolve) => setTimeout(resolve)) // until the uploader has heard of it as well
    expect(uploader.getSnapshot()).toEqual([expect.not.objectContaining({ error: expect.anything() })])
    onLine.mockReturnValue(true)
    window.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(uploader.getSnapshot()).toMatchObject([waitsForAnotherTry]))
  })

  it('files are there at once, are tried four times, fail with what to do, and are sent when they are tried again', {
    timeout: 60_000,
  }, async () => {
    uploader = createUploader({ endpoint, journal: false })
    const ids = uploader.add('demo', [file('a.txt', 'hello'), file('b.txt', 'hello')])
    expect(uploader.getSnapshot()).toMatchObject([{ phase: 'queued' }, { phase: 'queued' }])
    await vi.waitFor(() => expect(uploader.getSnapshot()).toMatchObject([waitsForAnotherTry, waitsForAnotherTry]))
    for (const id of ids) {
      expect(await reachPhase(uploader, id, 'failed', 40_000)).toMatchObject({
        error: {
          code: 'module-unavailable',
          hint: expect.stringContaining('reload the page'),
          cause: expect.any(TypeError),
        },
      })
    }
    await block([])
    uploader.retryAll()
    for (const id of ids) await reachPhase(uploader, id, 'done')
  })
})

const waitsForAnotherTry = { phase: 'queued', error: { code: 'module-unavailable' }, retryAt: expect.any(Number) }

function journalOfOneThatWasSent(): Journal {
  const grant = {
    id: 'r',
    key: 'k',
    expiresAt: '2030-01-01T00:00:00Z',
    transport: 'post',
    url: '',
    fields: {},
  } as const
  return {
    adopt: async () => [
      {
        id: 'left',
        route: 'demo',
        addedAt: Date.now(),
        file: { name: 'a.txt', size: 5, type: 'text/plain', lastModified: 0 },
        stage: 'sent',
        storedBytes: 0,
        granted: { grant, endsAt: 0, clockOffsetMs: 0 },
      },
    ],
    write: async () => {},
    close: () => {},
  }
}

/** Addresses that the page does not get, by the browser's own doing. */
async function block(urls: string[]): Promise<void> {
  // The provider of the browser brings its methods, and their types only to the configuration.
  const session = cdp() as unknown as { send(method: string, facts?: object): Promise<unknown> }
  await session.send('Network.enable')
  await session.send('Network.setBlockedURLs', { urls })
}
