import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { signed } from '../bytes.ts'
import type { LocalOss } from '../local-oss.ts'
import { type OpenPage, pageRow } from '../page.ts'
import { GiB, MiB, type Row } from '../row.ts'

const MARK_BYTES = 32
const EVERY = 64 * MiB

export const row = pageUpload(6 * GiB)

/** In parts, from the file on the disk to the bucket: what the page's own heap and the server gain is its cost. */
export function pageUpload(bytes: number): Row {
  return pageRow(`a sparse file of ${bytes / GiB} GiB through the page`, {
    bytes,
    async run(open, oss) {
      const file = join(open.folder, 'large.bin')
      const marks = await makeSparseFile(file, bytes)
      await open.session.send('HeapProfiler.collectGarbage')
      const idle = { heap: await open.heapMB(), server: open.serverMB() }
      await open.page.locator('input[type=file]').first().setInputFiles(file)
      const peak = await watchMemory(open)
      await checkMarks(oss, { key: await keyOf(open), bytes, marks })
      return [
        { of: 'growth of the page’s heap', value: peak.heap - idle.heap, unit: 'MB', most: 20 },
        { of: 'growth of the server’s memory', value: peak.server - idle.server, unit: 'MB', most: 50 },
      ]
    },
  })
}

/** Zeros, which cost no room, with random bytes here and there: a part in another's place would be seen. */
async function makeSparseFile(file: string, bytes: number): Promise<Map<number, Buffer>> {
  const marks = new Map<number, Buffer>()
  const handle = await open(file, 'w')
  await handle.truncate(bytes)
  for (let at = 0; at < bytes; at += EVERY) {
    const mark = randomBytes(MARK_BYTES)
    marks.set(at, mark)
    await handle.write(mark, 0, MARK_BYTES, at)
  }
  await handle.close()
  return marks
}

/** The most of both, in MB, until it has arrived. Rejects where the upload does not end well. */
async function watchMemory({ page, heapMB, serverMB }: OpenPage): Promise<{ heap: number; server: number }> {
  const row = page.locator('[data-upload-id]')
  const peak = { heap: 0, server: 0 }
  for (;;) {
    peak.heap = Math.max(peak.heap, await heapMB())
    peak.server = Math.max(peak.server, serverMB())
    const phase = await row.getAttribute('data-phase')
    if (phase === 'done') return peak
    if (phase === 'failed' || phase === 'unconfirmed') throw new Error(`${phase}: ${await row.textContent()}`)
    await page.waitForTimeout(250)
  }
}

async function keyOf({ page }: OpenPage): Promise<string> {
  const { items } = (await page.evaluate(async () => (await fetch('/uploads')).json())) as { items: { key: string }[] }
  return items[0]?.key ?? ''
}

interface Arrived {
  key: string
  bytes: number
  marks: ReadonlyMap<number, Buffer>
}

async function checkMarks({ origin }: LocalOss, { key, bytes, marks }: Arrived): Promise<void> {
  for (const [start, mark] of marks) {
    const headers = { ...signed('GET', key, { bucket: 'uploads' }), range: `bytes=${start}-${start + MARK_BYTES - 1}` }
    const answer = await fetch(`${origin}/uploads/${key}`, { headers })
    const total = answer.headers.get('content-range')?.split('/')[1]
    const found = Buffer.from(await answer.arrayBuffer())
    if (total !== String(bytes) || !found.equals(mark)) throw new Error(`Other bytes at ${start}, of ${total} in all`)
  }
}
