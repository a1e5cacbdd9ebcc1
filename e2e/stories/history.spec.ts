import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const history = (page: Page) => page.getByRole('region', { name: 'History' })
const record = (page: Page, name: string) =>
  history(page)
    .getByRole('listitem')
    .filter({ has: page.getByTitle(name) })

async function upload(page: Page, stage: Stage, files = [file]) {
  const { drop } = await openPage(page, stage)
  await drop(files)
  for (const { name } of files) {
    await expect(uploadRow(page, name)).toHaveAttribute('data-phase', 'done')
    await expect(record(page, name)).toBeVisible()
  }
}

async function remove(page: Page, name: string) {
  await record(page, name)
    .getByRole('button', { name: `Delete ${name}` })
    .click()
  await record(page, name)
    .getByRole('button', { name: `Delete from the bucket ${name}` })
    .click()
}

/** Holds the calls of that method back; they go on when it is told so. */
async function hold(page: Page, method: string): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/uploads/*', async (route) => {
    if (route.request().method() === method) await released
    await route.continue()
  })
  return release
}

test('a deleted record is gone at once, and its object with it', async ({ page, stage }) => {
  await upload(page, stage, [file, { ...file, name: 'kept.txt' }])
  const { items } = await (await page.request.get(`${stage.origin}/uploads`)).json()
  const { key } = items.find((item: { file: { name: string } }) => item.file.name === file.name)
  const release = await hold(page, 'DELETE')
  await remove(page, file.name)
  await expect(record(page, file.name)).toHaveCount(0)
  await expect(history(page).getByRole('heading', { name: 'History' })).toBeFocused()
  expect((await stage.readObject(key)).toString()).toBe('the report')
  const listed = page.waitForResponse((answer) => answer.url().includes('/uploads?limit'))
  release()
  expect((await (await listed).json()).items).toHaveLength(1)
  await expect(record(page, 'kept.txt')).toBeVisible()
  await expect(record(page, file.name)).toHaveCount(0)
  await expect(stage.readObject(key)).rejects.toThrow('The specified key does not exist.')
})

test('a record that the server refuses to delete comes back, and it is said why', async ({ page, stage }) => {
  await upload(page, stage)
  await stage.setFault({ name: 'error', status: 503, code: 'ServiceUnavailable', operation: 'DeleteObject' })
  const release = await hold(page, 'DELETE')
  await remove(page, file.name)
  await expect(record(page, file.name)).toHaveCount(0)
  release()
  await expect(record(page, file.name)).toBeVisible()
  const alert = history(page).getByRole('alert')
  await expect(alert).toContainText('report.txt was not deleted.')
  await alert.getByRole('button', { name: 'Dismiss' }).click()
  await expect(alert).toHaveCount(0)

  await stage.clearFaults()
  await remove(page, file.name)
  await expect(record(page, file.name)).toHaveCount(0)
  await expect.poll(async () => (await (await page.request.get(`${stage.origin}/uploads`)).json()).items).toEqual([])
})

test('deleted on its own page: back in the history, which does not show it', async ({ page, stage }) => {
  await upload(page, stage)
  await record(page, file.name).getByRole('link', { name: file.name, exact: true }).click()
  await page.getByRole('button', { name: `Delete ${file.name}` }).click()
  await page.getByRole('button', { name: `Delete from the bucket ${file.name}` }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^Drop a file/ })).toBeFocused()
  await expect(history(page)).toContainText('Nothing yet')
})

test('pictures have a small picture, and what a browser would run has none', async ({ page, stage }) => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  await upload(page, stage, [
    { name: 'dot.png', mimeType: 'image/png', buffer: PIXEL },
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: svg },
  ])
  const picture = record(page, 'dot.png').locator('img')
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await expect(record(page, 'drawing.svg').locator('img')).toHaveCount(0)
})

test('older records come page by page, each once, newest first', async ({ page, stage }) => {
  await openPage(page, stage)
  const names = Array.from({ length: 45 }, (_, index) => `note-${index}.txt`)
  for (const name of names) {
    const files = [{ name, size: 1, type: 'text/plain' }]
    expect(
      (
        await page.request.post(`${stage.origin}/uploads`, {
          headers: { origin: stage.origin },
          data: { route: 'demo', files },
        })
      ).status(),
    ).toBe(201)
  }
  await page.reload()
  await expect(record(page, 'note-44.txt')).toContainText('Granted')
  await expect(record(page, 'note-44.txt')).toContainText('has not heard yet that the file is in the bucket')
  const rows = history(page).locator('[data-record-id]')
  await expect(rows.first()).toContainText('note-44.txt')
  await expect
    .poll(async () => {
      const more = history(page).getByRole('button', { name: 'Show older' })
      if (await more.isVisible()) await more.scrollIntoViewIfNeeded().catch(() => undefined)
      return rows.count()
    })
    .toBe(45)
  expect(
    await rows.locator('.od-name').evaluateAll((found) => found.map((name) => name.getAttribute('title'))),
  ).toEqual(names.reverse())
})
