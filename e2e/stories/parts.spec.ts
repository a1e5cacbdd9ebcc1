import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'

// Larger than what the reference app sends as a form.
const BYTES = 72 * 1024 * 1024 + 12_345
const PARTS = 10
const NAME = 'film.mp4'

let folder: string
let sha256: string
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oss-parts-'))
  const content = randomBytes(BYTES)
  sha256 = createHash('sha256').update(content).digest('hex')
  await writeFile(join(folder, NAME), content)
})
test.afterAll(() => rm(folder, { recursive: true, force: true }))

async function choose(page: Page, stage: Stage) {
  await openPage(page, stage)
  await page.locator('input[type=file]').first().setInputFiles(join(folder, NAME))
  return uploadRow(page, NAME)
}

async function expectWhole(stage: Stage) {
  const [complete, ...again] = await stage.ossRequests('CompleteMultipartUpload')
  expect([complete?.status, again]).toEqual([200, []])
  const bytes = await stage.readObject(complete?.key ?? '')
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
  expect(await stage.openUploads()).toEqual([])
  expect((await stage.report()).hookRuns).toBe(1)
}

test('a large file goes straight to the bucket in parts, and the answer of the application is shown', async ({
  page,
  stage,
}) => {
  const row = await choose(page, stage)
  await expect(row).toHaveAttribute('data-phase', 'done', { timeout: 60_000 })
  await expect(row).toContainText('Size72.0 MiB')
  expect((await stage.ossRequests('UploadPart')).map(({ status }) => status)).toEqual(Array(PARTS).fill(200))
  expect(await stage.ossRequests('PostObject')).toEqual([])
  expect((await stage.report()).receivedBytes).toBeLessThan(200_000)
  await expectWhole(stage)
})

test('paused and gone on with: no part that OSS has is sent again', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 8_000_000, operation: 'UploadPart' })
  const row = await choose(page, stage)
  const storedParts = async () => (await stage.ossRequests('UploadPart')).filter(({ status }) => status === 200)
  await expect.poll(async () => (await storedParts()).length, { timeout: 30_000 }).toBeGreaterThan(2)
  await row.getByRole('button', { name: 'Pause' }).click()
  await expect(row).toHaveAttribute('data-phase', 'paused')
  const before = (await storedParts()).map(({ query }) => query)
  expect(before.length).toBeLessThan(PARTS)
  await stage.clearFaults()
  await row.getByRole('button', { name: 'Resume' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done', { timeout: 60_000 })
  // Those that were on their way when it was paused may have arrived all the same, and are nobody's loss.
  const sent = (await stage.ossRequests('UploadPart')).filter(({ query }) => before.includes(query))
  expect(sent).toHaveLength(before.length)
  await expectWhole(stage)
})

test('cancelled: OSS keeps nothing of it', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 8_000_000, operation: 'UploadPart' })
  const row = await choose(page, stage)
  await expect.poll(() => stage.openUploads(), { timeout: 30_000 }).toHaveLength(1)
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect.poll(() => stage.openUploads(), { timeout: 15_000 }).toEqual([])
  expect(await stage.ossRequests('CompleteMultipartUpload')).toEqual([])
})

test('the server killed while parts are on their way: it goes on after the restart', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 8_000_000, operation: 'UploadPart' })
  const row = await choose(page, stage)
  await expect
    .poll(async () => (await stage.ossRequests('UploadPart')).some(({ status }) => status === 200), { timeout: 30_000 })
    .toBe(true)
  await stage.killServer()
  await stage.clearFaults()
  await stage.startServer()
  await expect(row).toHaveAttribute('data-phase', 'done', { timeout: 60_000 })
  await expectWhole(stage)
})
