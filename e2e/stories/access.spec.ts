import { findFaults, tabTo } from '../stage/access.ts'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page has no fault that axe finds: idle, done, unconfirmed and failed, ${colorScheme}`, async ({
    page,
    stage,
  }) => {
    await page.emulateMedia({ colorScheme })
    const { drop } = await openPage(page, stage)
    expect(await findFaults(page)).toEqual([])

    await drop([file])
    await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
    await stage.setFault({ name: 'error', status: 403, code: 'AccessDenied', operation: 'PostObject', count: 1 })
    await drop([{ ...file, name: 'refused.txt' }])
    await expect(uploadRow(page, 'refused.txt')).toHaveAttribute('data-phase', 'failed')
    await stage.setHook({ does: 'throw' })
    await drop([{ ...file, name: 'unanswered.txt' }])
    await expect(uploadRow(page, 'unanswered.txt')).toHaveAttribute('data-phase', 'unconfirmed', { timeout: 30_000 })
    expect(await findFaults(page)).toEqual([])
  })
}

test('by keyboard alone: choose a file, read the answer, take the row off the list, and the focus is never lost', async ({
  page,
  stage,
}) => {
  await openPage(page, stage)
  const browse = page.getByRole('button', { name: /browse/i })
  await tabTo(page, browse)
  const chooser = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (await chooser).setFiles([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'done')
  const remove = row.getByRole('button', { name: /remove/i })
  await tabTo(page, remove)
  await page.keyboard.press('Enter')
  await expect(row).toHaveCount(0)
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
})
