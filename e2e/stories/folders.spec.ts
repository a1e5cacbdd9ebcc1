import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropFiles } from '../stage/desktop.ts'
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

test.skip(
  ({ browserName }) => browserName !== 'chromium',
  'a drop from the desktop goes through the protocol of Chromium',
)

test('a dropped folder is read to its last file, and each shows where it was', async ({ page, stage }) => {
  await openPage(page, stage)
  await dropFiles(page, [join(folder, 'journey/north/day-1.txt'), join(folder, 'alone.txt')])
  await expect(page.locator('[data-upload-id][data-phase="done"]')).toHaveCount(2)
  await dropFiles(page, [join(folder, 'journey')])
  await expect(page.getByText(/ of 124 finished/)).toBeVisible()
  // However many there are, the page holds those in sight.
  expect(await page.locator('[data-upload-id]').count()).toBeLessThanOrEqual(100)
  await expect(page.getByTitle(/^journey\/(plan|north\/note-\d+)\.txt$/).first()).toBeVisible()
  await expect(uploadRow(page, '.DS_Store')).toHaveCount(0)
})
