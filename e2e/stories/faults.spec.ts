import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }

const inForce = (page: Page) => page.getByRole('region', { name: 'In force' })
const faultSwitch = (page: Page, name: string) => page.getByRole('switch', { name })
const fields = (page: Page, name: string) => page.getByRole('listitem').filter({ has: faultSwitch(page, name) })
const turnTo = (page: Page, name: string | RegExp) => page.getByRole('navigation').getByRole('link', { name }).click()

async function openFaults(page: Page, stage: Stage) {
  await page.goto(stage.origin)
  await turnTo(page, 'Faults')
  await expect(page.getByRole('heading', { level: 1, name: 'Faults of the local OSS' })).toBeFocused()
}

test('OSS refuses, once: the upload fails with OSS’s own words, and the next one is well', async ({ page, stage }) => {
  await openFaults(page, stage)
  const refuses = fields(page, 'OSS refuses')
  await refuses.getByLabel('HTTP status').fill('403')
  await refuses.getByLabel('OSS code').fill('AccessDenied')
  await refuses.getByLabel('Only once').check()
  await faultSwitch(page, 'OSS refuses').click()
  await expect(faultSwitch(page, 'OSS refuses')).toBeChecked()
  await expect(inForce(page)).toContainText('OSS refuses HTTP status: 403 · OSS code: AccessDenied · once more')

  await turnTo(page, 'Upload')
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Faults: 1 in force' })).toBeVisible()
  await page.locator('input[type=file]').first().setInputFiles([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'failed')
  await expect(row).toContainText('AccessDenied')

  await turnTo(page, /^Faults/)
  await expect(inForce(page)).toContainText('None: the local OSS behaves.')
  await expect(faultSwitch(page, 'OSS refuses')).not.toBeChecked()
  await turnTo(page, 'Upload')
  await row.getByRole('button', { name: 'Retry' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done')
})

test('the callback lost until it is switched off: 203, confirmed, never done before the application answered', async ({
  page,
  stage,
}) => {
  await openFaults(page, stage)
  await faultSwitch(page, 'Callback lost').click()
  await expect(faultSwitch(page, 'Callback lost')).toBeChecked()
  const statuses: number[] = []
  page.on('response', (answer) => {
    if (answer.request().method() === 'POST' && answer.url().startsWith(stage.ossOrigin)) statuses.push(answer.status())
  })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
  const row = page.getByRole('region', { name: 'History' }).getByRole('link', { name: file.name, exact: true })
  await row.click()
  await expect(page.getByText('the bucket was asked', { exact: true })).toBeVisible()

  await turnTo(page, /^Faults/)
  await faultSwitch(page, 'Callback lost').click()
  await expect(inForce(page)).toContainText('None: the local OSS behaves.')
  await turnTo(page, 'Upload')
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([{ ...file, name: 'second.txt' }])
  await expect(uploadRow(page, 'second.txt')).toHaveAttribute('data-phase', 'done')
  expect(statuses).toEqual([203, 200])
})

test('every switch turns on as it stands there, and all of them off at once', async ({ page, stage }) => {
  await openFaults(page, stage)
  const switches = page.getByRole('switch')
  const count = await switches.count()
  for (let index = 0; index < count; index++) {
    await switches.nth(index).click()
    await expect(switches.nth(index)).toBeChecked()
  }
  await expect(inForce(page).getByRole('listitem')).toHaveCount(count)
  await page.getByRole('button', { name: 'Switch all off' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'All faults are off' })).toBeAttached()
  await expect(page.getByRole('switch', { checked: true })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Switch all off' })).toBeFocused()
})

test('what the console sets is seen here, too, and a number that OSS does not know is refused in its words', async ({
  page,
  stage,
}) => {
  await openFaults(page, stage)
  await stage.setFault({ name: 'drop', afterBytes: 2048, operation: 'UploadPart' })
  await expect(inForce(page)).toContainText('Connection cut After KiB: 2 · operation: UploadPart · until switched off')
  await expect(faultSwitch(page, 'Connection cut')).toBeChecked()

  const refuses = fields(page, 'OSS refuses')
  await refuses.getByLabel('OSS code').fill(' ')
  await faultSwitch(page, 'OSS refuses').click()
  await expect(refuses.getByRole('alert')).toContainText('code of the fault error may not be ""')
  await expect(faultSwitch(page, 'OSS refuses')).not.toBeChecked()
})
