import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenPage, pageRow } from '../page.ts'
import { type PhotographLooks, takePhotograph } from '../photograph.ts'

const COUNT = 1000
/** So that it is as large as those of a telephone. */
const LOOKS: PhotographLooks = { width: 4000, height: 3000, spots: 20_000, quality: 0.85 }

/** Every one of them comes into sight once, and has its picture by then. Unpacked they are 48 GB. */
export const row = pageRow('1,000 photographs of 12 megapixels through the page', {
  async run(open) {
    const { page, folder, drop, rendererMB } = open
    const album = join(folder, 'album')
    await mkdir(album)
    const first = join(album, 'photo-0.jpg')
    await writeFile(first, await takePhotograph(page, LOOKS))
    // One file by a thousand names: the page and its worker cannot tell, and the disk has room for something else.
    for (let number = 1; number < COUNT; number += 1) await link(first, join(album, `photo-${number}.jpg`))
    const idle = await rendererMB()

    const startedAt = performance.now()
    await drop([album])
    await page.getByText(/ of 1,000 finished/).waitFor({ timeout: 60_000 })
    const peaks = await lookAtAll(open)
    const seconds = (performance.now() - startedAt) / 1000
    return [
      { of: 'to have seen them all', value: seconds, unit: 's' },
      { of: 'memory of the renderer before', value: idle, unit: 'MB' },
      // Twice as many must not need twice as much.
      { of: 'most memory, the first half', value: Math.max(...peaks.slice(0, peaks.length / 2)), unit: 'MB' },
      { of: 'most memory of the renderer', value: Math.max(...peaks), unit: 'MB', most: 1000 },
    ]
  },
})

/** Scrolls on as soon as every row in sight has its picture; gives the memory at each step, in MB. */
async function lookAtAll({ page, rendererMB }: OpenPage): Promise<number[]> {
  const list = page.locator('[data-windowed]')
  const steps: number[] = []
  for (;;) {
    const isAtEnd = await list.evaluate(async (scroller) => {
      const { top, bottom } = scroller.getBoundingClientRect()
      const inSight = () =>
        Array.from(scroller.querySelectorAll('[data-upload-id]')).filter((row) => {
          const box = row.getBoundingClientRect()
          return box.bottom > top && box.top < bottom
        })
      const isBare = (row: Element) => row.querySelector('canvas:not([hidden])') === null
      while (inSight().length === 0 || inSight().some(isBare)) await new Promise(requestAnimationFrame)
      const before = scroller.scrollTop
      scroller.scrollBy(0, scroller.clientHeight)
      await new Promise(requestAnimationFrame)
      return scroller.scrollTop === before
    })
    steps.push(await rendererMB())
    if (isAtEnd) return steps
  }
}
