import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenPage, pageRow } from '../page.ts'
import type { Figure } from '../row.ts'

const COUNT = 10_000

/** Dropped, listed, scrolled through and uploaded to the last one. */
export const row = pageRow('10,000 small files through the page', {
  async run(open) {
    const { page, session, folder, heapMB, drop } = open
    const files = join(folder, 'journey')
    await mkdir(files)
    for (let number = 0; number < COUNT; number += 1) await writeFile(join(files, `note-${number}.txt`), `${number}`)
    await session.send('HeapProfiler.collectGarbage')
    const idle = await heapMB()
    await watchPage(open)

    const droppedAt = performance.now()
    await drop([files])
    await page.getByText(/ of 10,000 finished/).waitFor({ timeout: 120_000 })
    const listedAt = performance.now()
    await scrollThrough(open)
    await page.getByText('10,000 done', { exact: true }).waitFor({ timeout: 1_200_000 })
    const seconds = (performance.now() - listedAt) / 1000
    await session.send('HeapProfiler.collectGarbage')
    return [
      { of: 'from the drop to the list', value: listedAt - droppedAt, unit: 'ms' },
      { of: 'from the list to the last upload', value: seconds, unit: 's' },
      ...(await figuresOf(open)),
      { of: 'growth of the page’s heap', value: (await heapMB()) - idle, unit: 'MB', most: 100 },
    ]
  },
})

interface Seen {
  /** Those of 50 ms or more, of which alone the browser tells; `at`: since the drop. */
  longTasks: { at: number; ms: number }[]
  mostRows: number
}

/** From when the browser has dispatched the drop: what it does until then is its own. */
async function watchPage({ page }: OpenPage): Promise<void> {
  await page.evaluate(() => {
    const seen: Seen = { longTasks: [], mostRows: 0 }
    Object.assign(window, { seen })
    let since = Number.POSITIVE_INFINITY
    addEventListener('drop', () => setTimeout(() => (since = performance.now())))
    new PerformanceObserver((entries) => {
      for (const { startTime, duration } of entries.getEntries()) {
        if (startTime >= since) seen.longTasks.push({ at: startTime - since, ms: duration })
      }
    }).observe({ type: 'longtask' })
    const countRows = () => {
      seen.mostRows = Math.max(seen.mostRows, document.querySelectorAll('[data-upload-id]').length)
    }
    new MutationObserver(countRows).observe(document.body, { childList: true, subtree: true })
  })
}

async function figuresOf({ page }: OpenPage): Promise<Figure[]> {
  const { longTasks, mostRows } = await page.evaluate(() => (window as unknown as { seen: Seen }).seen)
  for (const { at, ms } of longTasks) console.log(`a task of ${ms} ms, ${(at / 1000).toFixed(1)} s after the drop`)
  return [
    { of: 'longest task after the drop', value: Math.max(0, ...longTasks.map(({ ms }) => ms)), unit: 'ms', most: 50 },
    { of: 'most rows in the page', value: mostRows, unit: 'rows', most: 100 },
  ]
}

async function scrollThrough({ page }: OpenPage): Promise<void> {
  const list = page.locator('[data-windowed]')
  await list.hover()
  for (let turn = 0; turn < 60; turn += 1) {
    await page.mouse.wheel(0, 10_000)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}
