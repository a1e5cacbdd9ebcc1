import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenPage, pageRow } from '../page.ts'

const COUNT = 10_000

/** Dropped as a folder, listed, scrolled through and uploaded to the last one; then chosen one by one in a page that is new. */
export const row = pageRow('10,000 small files through the page', {
  async run(open) {
    const { page, session, folder, heapMB, drop } = open
    const files = join(folder, 'journey')
    await mkdir(files)
    const paths = Array.from({ length: COUNT }, (_, number) => join(files, `note-${number}.txt`))
    for (const [number, path] of paths.entries()) await writeFile(path, `${number}`)
    await session.send('HeapProfiler.collectGarbage')
    const idle = await heapMB()
    await watchPage(open, 'drop')

    const droppedAt = performance.now()
    await drop([files])
    await page.getByText(/ of 10,000 finished/).waitFor({ timeout: 120_000 })
    const listedAt = performance.now()
    await scrollThrough(open)
    await page.getByText('10,000 done', { exact: true }).waitFor({ timeout: 1_200_000 })
    const seconds = (performance.now() - listedAt) / 1000
    await session.send('HeapProfiler.collectGarbage')
    const heap = (await heapMB()) - idle
    const { longestTask, mostRows } = await readSeen(open, 'drop')

    await page.reload()
    await session.send('HeapProfiler.collectGarbage') // the process is the same, and so would be its garbage
    await watchPage(open, 'change')
    await page.locator('[data-dropzone] input[type=file]').first().setInputFiles(paths)
    await page.getByText(/^[1-9][0-9]{2} of 10,000 finished/).waitFor({ timeout: 120_000 })
    const chosen = await readSeen(open, 'change')
    return [
      { of: 'from the drop to the list', value: listedAt - droppedAt, unit: 'ms' },
      { of: 'from the list to the last upload', value: seconds, unit: 's' },
      { of: 'longest task after the drop', value: longestTask, unit: 'ms', most: 50 },
      { of: 'longest task after they were chosen', value: chosen.longestTask, unit: 'ms', most: 50 },
      { of: 'most rows in the page', value: Math.max(mostRows, chosen.mostRows), unit: 'rows', most: 100 },
      { of: 'growth of the page’s heap', value: heap, unit: 'MB', most: 100 },
    ]
  },
})

interface Seen {
  /** Those of 50 ms or more, of which alone the browser tells; `at`: since the event. */
  longTasks: { at: number; ms: number }[]
  mostRows: number
}

/** From when the browser has dispatched the event: what it does until then is its own. */
async function watchPage({ page }: OpenPage, event: 'drop' | 'change'): Promise<void> {
  await page.evaluate((event) => {
    const seen: Seen = { longTasks: [], mostRows: 0 }
    Object.assign(window, { seen })
    let since = Number.POSITIVE_INFINITY
    addEventListener(event, () => setTimeout(() => (since = performance.now())))
    new PerformanceObserver((entries) => {
      for (const { startTime, duration } of entries.getEntries()) {
        if (startTime >= since) seen.longTasks.push({ at: startTime - since, ms: duration })
      }
    }).observe({ type: 'longtask' })
    const countRows = () => {
      seen.mostRows = Math.max(seen.mostRows, document.querySelectorAll('[data-upload-id]').length)
    }
    new MutationObserver(countRows).observe(document.body, { childList: true, subtree: true })
  }, event)
}

async function readSeen({ page }: OpenPage, event: string): Promise<{ longestTask: number; mostRows: number }> {
  const { longTasks, mostRows } = await page.evaluate(() => (window as unknown as { seen: Seen }).seen)
  for (const { at, ms } of longTasks) console.log(`a task of ${ms} ms, ${(at / 1000).toFixed(1)} s after the ${event}`)
  return { longestTask: Math.max(0, ...longTasks.map(({ ms }) => ms)), mostRows }
}

async function scrollThrough({ page }: OpenPage): Promise<void> {
  const list = page.locator('[data-windowed]')
  await list.hover()
  for (let turn = 0; turn < 60; turn += 1) {
    await page.mouse.wheel(0, 10_000)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}
