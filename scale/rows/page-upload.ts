import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { signed } from '../bytes.ts'
import type { LocalOss } from '../local-oss.ts'
import { type OpenPage, pageRow } from '../page.ts'
import { GiB, MiB } from '../row.ts'

const SIZE = 6 * GiB
const MARK_BYTES = 32
const EVERY = 64 * MiB

/** In parts, from the file on the disk to the bucket: what the page's own heap gains is its cost. */
export const row = pageRow('a sparse file of 6 GiB through the page', {
  bytes: SIZE,
  async run(open, oss) {
    const file = join(open.folder, 'large.bin')
    const marks = await makeSparseFile(file)
    await open.session.send('HeapProfiler.collectGarbage')
    const idle = await open.heapMB()
    await open.page.locator('input[type=file]').first().setInputFiles(file)
    const peak = await watchHeap(open)
    await checkMarks(oss, await keyOf(open), marks)
    return [{ of: 'growth of the page’s heap', value: peak - idle, unit: 'MB', most: 20 }]
  },
})

/** Zeros, which cost no room, with random bytes here and there: a part in another's place would be seen. */
async function makeSparseFile(file: string): Promise<Map<number, Buffer>> {
  const marks = new Map<number, Buffer>()
  const handle = await open(file, 'w')
  await handle.truncate(SIZE)
  for (let at = 0; at < SIZE; at += EVERY) {
    const mark = randomBytes(MARK_BYTES)
    marks.set(at, mark)
    await handle.write(mark, 0, MARK_BYTES, at)
  }
  await handle.close()
  return marks
}

/** Rejects where the upload does not end well. */
async function watchHeap({ page, heapMB }: OpenPage): Promise<number> {
  const row = page.locator('[data-upload-id]')
  let peak = 0
  for (;;) {
    peak = Math.max(peak, await heapMB())
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

async function checkMarks({ origin }: LocalOss, key: string, marks: ReadonlyMap<number, Buffer>): Promise<void> {
  for (const [start, mark] of marks) {
    const headers = { ...signed('GET', key, { bucket: 'uploads' }), range: `bytes=${start}-${start + MARK_BYTES - 1}` }
    const answer = await fetch(`${origin}/uploads/${key}`, { headers })
    const total = answer.headers.get('content-range')?.split('/')[1]
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (total !== String(SIZE) || !bytes.equals(mark)) throw new Error(`Other bytes at ${start}, of ${total} in all`)
  }
}
