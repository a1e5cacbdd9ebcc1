import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

// Real files and folders, let go by the browser itself: what a page's own events cannot do.

let folder: string
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oss-folders-'))
  await mkdir(join(folder, 'journey/north/empty'), { recursive: true })
  await writeFile(join(folder, 'journey/plan.txt'), 'first north')
  await writeFile(join(folder, 'journey/.DS_Store'), 'litter')
  await writeFile(join(folder, 'journey/north/day-1.txt'), 'rain')
  // More than a browser lists at once.
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => writeFile(join(folder, `journey/north/note-${index}.txt`), `${index}`)),
  )
  await writeFile(join(folder, 'alone.txt'), 'alone')
})
test.afterAll(() => rm(folder, { recursive: true, force: true }))

async function drop(page: Page, names: string[]): Promise<void> {
  const area = await page.locator('[data-dropzone]').first().boundingBox()
  if (area === null) throw new Error('there is no drop area')
  const place = { x: area.x + 20, y: area.y + 20 }
  const data = { items: [], files: names.map((name) => join(folder, name)), dragOperationsMask: 1 }
  const browser = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, ...place, data })
  }
}

test('a dropped folder is read to its last file, and each shows where it was', async ({ page, stage }) => {
  await openPage(page, stage)
  await drop(page, ['journey/north/day-1.txt', 'alone.txt'])
  await expect(page.locator('[data-upload-id][data-phase="done"]')).toHaveCount(2)
  await drop(page, ['journey'])
  await expect(page.getByText(/ of 124 finished/)).toBeVisible()
  // However many there are, the page holds those in sight.
  expect(await page.locator('[data-upload-id]').count()).toBeLessThanOrEqual(100)
  await expect(page.getByTitle(/^journey\/(plan|north\/note-\d+)\.txt$/).first()).toBeVisible()
  await expect(uploadRow(page, '.DS_Store')).toHaveCount(0)
})
