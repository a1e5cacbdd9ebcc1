import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { type OpenPage, pageRow } from '../page.ts'

const COUNT = 1000
const [WIDTH, HEIGHT] = [4000, 3000]

/** Every one of them comes into sight once, and has its picture by then. Unpacked they are 48 GB. */
export const row = pageRow('1,000 photographs of 12 megapixels through the page', {
  async run(open) {
    const { page, folder, drop, rendererMB } = open
    const album = join(folder, 'album')
    await mkdir(album)
    const first = join(album, 'photo-0.jpg')
    await writeFile(first, await takePhotograph(page))
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

/** Of colours and noise, so that it is as large as those of a telephone. */
async function takePhotograph(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
      for (let spot = 0; spot < 20_000; spot += 1) {
        context.fillStyle = `hsl(${Math.random() * 360} 60% ${Math.random() * 100}%)`
        context.fillRect(Math.random() * width, Math.random() * height, Math.random() * 90, Math.random() * 90)
      }
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 })
      const reader = new FileReader()
      reader.readAsDataURL(blob)
      await new Promise((resolve) => reader.addEventListener('load', resolve))
      return String(reader.result).split(',')[1] ?? ''
    },
    [WIDTH, HEIGHT] as const,
  )
  return Buffer.from(base64, 'base64')
}

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
