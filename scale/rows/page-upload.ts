import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CDPSession, chromium, type Page } from 'playwright'
import { freePort, startProgram } from '../../e2e/stage/program.ts'
import { ensureBrowser, launchOptions } from '../../scripts/browser.mjs'
import { ensureWebBuild } from '../../scripts/web-build.mjs'
import { signed } from '../bytes.ts'
import type { LocalOss } from '../local-oss.ts'
import { GiB, type Memory, MiB, type Row } from '../row.ts'

const SIZE = 6 * GiB
const MARK_BYTES = 32
const EVERY = 64 * MiB
const port = await freePort()

/** In parts, from the file on the disk to the bucket: what the page's own heap gains is its cost. */
export const row: Row = {
  name: 'a sparse file of 6 GiB through the page, its heap',
  bytes: SIZE,
  maxMB: 20,
  flags: ['--bucket', 'uploads', '--cors-origin', `http://localhost:${port}`],
  run: uploadThroughPage,
}

async function uploadThroughPage(oss: LocalOss): Promise<Memory> {
  await ensureBrowser()
  await ensureWebBuild()
  const folder = await mkdtemp(join(tmpdir(), 'oss-page-'))
  const server = await startProgram('apps/server/src/main.ts', [], {
    PORT: String(port),
    OSS_EMULATOR_PORT: new URL(oss.origin).port,
    DATA_DIR: join(folder, 'server'),
  })
  const browser = await chromium.launch(await launchOptions())
  try {
    const file = join(folder, 'large.bin')
    const marks = await makeSparseFile(file)
    const page = await browser.newPage()
    await page.goto(`http://localhost:${port}`)
    const session = await page.context().newCDPSession(page)
    await session.send('HeapProfiler.collectGarbage')
    const idle = await heapMB(session)
    await page.locator('input[type=file]').first().setInputFiles(file)
    const peak = await watchHeap(page, session)
    await checkMarks(oss, await keyOf(page), marks)
    return { idleMB: 0, peakMB: peak - idle }
  } finally {
    await browser.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

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

/** Garbage that is not collected yet counts as well. Rejects where the upload does not end well. */
async function watchHeap(page: Page, session: CDPSession): Promise<number> {
  const row = page.locator('[data-upload-id]')
  let peak = 0
  for (;;) {
    peak = Math.max(peak, await heapMB(session))
    const phase = await row.getAttribute('data-phase')
    if (phase === 'done') return peak
    if (phase === 'failed' || phase === 'unconfirmed') throw new Error(`${phase}: ${await row.textContent()}`)
    await page.waitForTimeout(250)
  }
}

async function heapMB(session: CDPSession): Promise<number> {
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}

async function keyOf(page: Page): Promise<string> {
  const { items } = (await page.evaluate(async () => (await fetch('/uploads')).json())) as { items: { key: string }[] }
  return items[0]?.key ?? ''
}

async function checkMarks({ origin }: LocalOss, key: string, marks: ReadonlyMap<number, Buffer>): Promise<void> {
  for (const [start, mark] of marks) {
    const headers = { ...signed('GET', key, 'uploads'), range: `bytes=${start}-${start + MARK_BYTES - 1}` }
    const answer = await fetch(`${origin}/uploads/${key}`, { headers })
    const total = answer.headers.get('content-range')?.split('/')[1]
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (total !== String(SIZE) || !bytes.equals(mark)) throw new Error(`Other bytes at ${start}, of ${total} in all`)
  }
}
