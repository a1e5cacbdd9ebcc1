import { openPage, phasesOf, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }

test('an application that takes 7 s: confirming until it answers, done once, nothing sent again', async ({
  page,
  stage,
}) => {
  await stage.setHook({ does: 'wait', ms: 7000 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'confirming')
  await page.waitForTimeout(5500) // past the 4 s after which OSS was answered 503, and OSS's own 5 s
  await expect(row).toHaveAttribute('data-phase', 'confirming')
  await expect(row).toHaveAttribute('data-phase', 'done')
  expect((await stage.report()).hookRuns).toBe(1)
  expect(await stage.ossRequests('PostObject')).toHaveLength(1)
})

test('an application that fails until it is mended: unconfirmed, then "Confirm again" ends done', async ({
  page,
  stage,
}) => {
  await stage.setHook({ does: 'throw' })
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'unconfirmed', { timeout: 30_000 })
  await stage.setHook({ does: 'answer' })
  await row.getByRole('button', { name: 'Confirm again' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done')
  expect(await stage.ossRequests('PostObject')).toHaveLength(1)
})

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

test('the connection cut after the last byte, before the answer: done, sent once', async ({ page, stage }) => {
  await stage.setFault({ name: 'lose-answer', count: 1 })
  const { drop } = await openPage(page, stage)
  const forms: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().startsWith(stage.ossOrigin)) forms.push(request.url())
  })
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
  expect(forms).toHaveLength(1)
  // Chromium itself repeats a request whose reused connection broke, and no page can tell it not to. The grant is good for
  // one object, so OSS refuses that repetition.
  const [first, ...repeated] = (await stage.ossRequests('PostObject')).map(({ status }) => status)
  expect(first).toBe(0)
  expect(repeated.every((status) => status === 409)).toBe(true)
  expect((await stage.report()).hookRuns).toBe(1)
})

test('a callback that never comes: the row ends done all the same', async ({ page, stage }) => {
  await stage.setFault({ name: 'callback-lost', count: 1 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
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

test('a busy OSS is tried again by itself', async ({ page, stage }) => {
  await stage.setFault({ name: 'error', status: 503, code: 'ServiceUnavailable', count: 1 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
})

test('a cancelled upload stops, and leaves neither object nor settled record', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 200_000 })
  const { drop } = await openPage(page, stage)
  await drop([{ ...file, buffer: Buffer.alloc(4 * 1024 * 1024) }])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'sending')
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.locator('[data-upload-id][data-phase="sending"]')).toHaveCount(0)
  await expect.poll(async () => (await stage.ossRequests('PostObject')).map(({ status }) => status)).not.toContain(200)
  expect((await stage.report()).hookRuns).toBe(0)
})

test('the server killed between storing and answering: after a restart "Confirm again" settles it', async ({
  page,
  stage,
}) => {
  await stage.setHook({ does: 'wait', ms: 60_000 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  const row = uploadRow(page, file.name)
  await expect(row).toHaveAttribute('data-phase', 'confirming')
  await expect.poll(async () => (await stage.report()).hookRuns).toBe(1)
  await stage.killServer()
  await expect(row).toHaveAttribute('data-phase', 'unconfirmed', { timeout: 60_000 })
  await stage.startServer()
  await row.getByRole('button', { name: 'Confirm again' }).click()
  await expect(row).toHaveAttribute('data-phase', 'done', { timeout: 60_000 })
  expect(await stage.ossRequests('PostObject')).toHaveLength(1)
})
