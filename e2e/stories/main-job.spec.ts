import { createHash, randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('a file dropped on the page goes straight to the bucket, and the answer of the application is shown', async ({
  page,
  stage,
}) => {
  const bytes = randomBytes(3 * 1024 * 1024)
  const { drop } = await openPage(page, stage)
  const before = await stage.report()

  await drop([{ name: 'holiday.bin', mimeType: 'application/octet-stream', buffer: bytes }])

  const row = uploadRow(page, 'holiday.bin')
  await expect(row).toHaveAttribute('data-phase', 'done')

  const record = await newestRecord(page)
  expect(record).toMatchObject({
    status: 'settled',
    evidence: 'callback',
    file: { name: 'holiday.bin', size: bytes.length },
    object: { size: bytes.length },
    result: { size: bytes.length, mimeType: 'application/octet-stream' },
  })
  // The application's own words, on the page and in the record.
  await expect(row).toContainText(record.key)
  await expect(row).toContainText(record.result.mimeType)
  expect(record.result.key).toBe(record.key)

  expect(sha256(await stage.readObject(record.key))).toBe(sha256(bytes))

  // The server saw a grant request, a callback and the page's own calls; never the file.
  const after = await stage.report()
  expect(after.receivedBytes - before.receivedBytes).toBeLessThan(64 * 1024)
  expect(after.hookRuns).toBe(1)

  // The link that the application gave leads to the very bytes.
  const content = await page.request.get(new URL(record.result.url, stage.origin).href)
  expect(sha256(await content.body())).toBe(sha256(bytes))

  const history = page.getByRole('region', { name: 'History' })
  await expect(history.locator(`[data-record-id="${record.id}"]`)).toContainText('holiday.bin')
})

test('files come by browsing and by pasting too', async ({ page, stage }) => {
  const { browse, paste } = await openPage(page, stage)
  await browse([{ name: 'browsed.txt', mimeType: 'text/plain', buffer: Buffer.from('by hand') }])
  await expect(uploadRow(page, 'browsed.txt')).toHaveAttribute('data-phase', 'done')
  await paste([{ name: 'pasted.txt', mimeType: 'text/plain', buffer: Buffer.from('by keyboard') }])
  await expect(uploadRow(page, 'pasted.txt')).toHaveAttribute('data-phase', 'done')
})

test('20 odd files at once: each its own object and record, names shown right, nothing executed', async ({
  page,
  stage,
}) => {
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    return dialog.dismiss()
  })
  const { drop } = await openPage(page, stage)
  const longName = `${'ä'.repeat(125)}.txt` // 255 bytes of UTF-8 is what file systems allow: 125 × 2 + 5
  const odd = [
    { name: 'same.txt', buffer: Buffer.from('one') },
    { name: 'same.txt', buffer: Buffer.from('two') },
    { name: 'empty.txt', buffer: Buffer.alloc(0) },
    { name: '季度报告 最终版.txt', buffer: Buffer.from('chinese') },
    { name: 'a "quoted" \'name\'.txt', buffer: Buffer.from('quotes') },
    { name: '../../etc/passwd.txt', buffer: Buffer.from('dots') },
    { name: '🐱🚀.txt', buffer: Buffer.from('emoji') },
    { name: '<img src=x onerror=alert(1)>.txt', buffer: Buffer.from('markup') },
    { name: longName, buffer: Buffer.from('long') },
    { name: 'per%cent & amp+plus;.txt', buffer: Buffer.from('percent') },
    ...Array.from({ length: 10 }, (_, index) => ({
      name: `plain-${index}.txt`,
      buffer: Buffer.from(`plain ${index}`),
    })),
  ].map((file) => ({ ...file, mimeType: 'text/plain' }))

  await drop(odd)
  await expect(page.locator('[data-upload-id][data-phase="done"]')).toHaveCount(20)

  const records = await allRecords(page)
  expect(records).toHaveLength(20)
  expect(new Set(records.map(({ key }) => key)).size).toBe(20)
  expect(records.every(({ status }) => status === 'settled')).toBe(true)

  // Every object holds the bytes of its own file: name and content are compared as pairs, so a mix-up shows.
  const stored = await Promise.all(
    records.map(async ({ key, file }) => [file.name, (await stage.readObject(key)).toString()]),
  )
  const wanted = odd.map(({ name, buffer }) => [name, buffer.toString()])
  expect(stored.sort()).toEqual(wanted.sort())

  for (const { name } of odd) await expect(page.getByTitle(name, { exact: true }).first()).toBeVisible()
  await expect(page.locator('img[src="x"]')).toHaveCount(0)
  expect(dialogs).toEqual([])
  expect((await stage.report()).hookRuns).toBe(20)
})

interface RecordSeen {
  id: string
  key: string
  status: string
  file: { name: string; size: number }
  result: { key: string; mimeType: string; url: string }
}

async function allRecords(page: Page): Promise<RecordSeen[]> {
  const answer = await page.request.get(new URL('/uploads?limit=100', page.url()).href)
  return ((await answer.json()) as { items: RecordSeen[] }).items
}

async function newestRecord(page: Page): Promise<RecordSeen> {
  const [newest] = await allRecords(page)
  if (newest === undefined) throw new Error('there is no record')
  return newest
}
