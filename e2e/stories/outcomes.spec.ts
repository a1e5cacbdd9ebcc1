import { longFile, openPage, phasesOf, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

// What comes of faults is in the table of e2e/faults; here is what that leaves out.

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }

test('an unconfirmed row flips by itself once the application is mended', async ({ page, stage }) => {
  await stage.setHook({ does: 'throw' })
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'unconfirmed', { timeout: 30_000 })
  await stage.setHook({ does: 'answer' })
  await expect(row).toHaveAttribute('data-phase', 'done', { timeout: 45_000 })
  expect(await stage.ossRequests('PostObject')).toHaveLength(1)
})

test('what OSS refuses after the last byte never looks stored or done for a moment', async ({ page, stage }) => {
  await page.route(`${stage.origin}/uploads`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    // The grant reaches the page with another callback than the policy binds, as if something on the way had changed it.
    const answer = await route.fetch()
    const body = await answer.json()
    body.grants[0].grant.fields.callback = Buffer.from(
      '{"callbackUrl":"http://127.0.0.1:1/","callbackBody":"a=b"}',
    ).toString('base64')
    await route.fulfill({ response: answer, json: body })
  })
  const { drop } = await openPage(page, stage)
  const phases = await phasesOf(page)
  await drop([{ ...file, buffer: Buffer.alloc(512 * 1024, 'x') }])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'failed')
  await expect(row).toContainText('AccessDenied')
  await expect(row).toContainText('0006-00000227')
  expect(await phases()).not.toEqual(expect.arrayContaining(['done']))
  expect(await phases()).not.toEqual(expect.arrayContaining(['unconfirmed']))
  await expect(page.getByText(/stored|uploaded/i).and(page.locator('[data-upload-id] *'))).toHaveCount(0)
})

test('a failed upload is tried again by "Retry" and then succeeds', async ({ page, stage }) => {
  await stage.setFault({ name: 'error', status: 403, code: 'AccessDenied', count: 1 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'failed')
  await row.getByRole('button', { name: 'Retry' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done')
})

test('while the code that sends does not load the row says so; then "Retry" sends it', async ({ page, stage }) => {
  const code = '**/assets/sending-*.js'
  await page.route(code, (route) => route.abort())
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'failed', { timeout: 30_000 })
  await expect(row).toContainText('A part of this page could not be loaded')
  await expect(row).toContainText('reload the page')
  await page.unroute(code)
  await row.getByRole('button', { name: 'Retry' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done')
})

test('a cancelled upload stops, and leaves neither object nor settled record', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 200_000 })
  const { browse } = await openPage(page, stage)
  await browse([await longFile('long.txt')])
  const row = uploadRow(page, 'long.txt')
  await expect(row).toHaveAttribute('data-phase', 'sending')
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.locator('[data-upload-id][data-phase="sending"]')).toHaveCount(0)
  await expect.poll(async () => (await stage.ossRequests('PostObject')).map(({ status }) => status)).not.toContain(200)
  expect((await stage.report()).hookRuns).toBe(0)
})
