import type { Page } from '@playwright/test'
import { longFile, openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'

const file = { name: 'harbour.txt', mimeType: 'text/plain', buffer: Buffer.from('the harbour') }

/** Uploads the file, and opens its record from the history. */
async function openRecord(page: Page, stage: Stage) {
  const { drop } = await openPage(page, stage)
  const granted = page.waitForResponse(
    (answer) => answer.url() === `${stage.origin}/uploads` && answer.status() === 201,
  )
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
  await historyLink(page).click()
  await expect(page.getByRole('heading', { level: 1, name: file.name })).toBeFocused()
  return { grant: (await (await granted).json()).grants[0].grant }
}

const historyLink = (page: Page) =>
  page.getByRole('region', { name: 'History' }).getByRole('link', { name: file.name, exact: true })
const chapter = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('a record shows what was signed line by line, what OSS sent, and what was answered', async ({ page, stage }) => {
  const { grant } = await openRecord(page, stage)
  await expect(page).toHaveTitle(`${file.name} · oss-direct`)
  expect(new URL(page.url()).pathname).toBe(`/records/${grant.id}`)

  const policy = chapter(page, 'What the server signed')
  const line = (condition: string) => policy.getByRole('listitem').filter({ hasText: condition })
  await expect(line('"bucket"')).toContainText('Only the bucket uploads.')
  await expect(line('"$key"')).toContainText(grant.key)
  await expect(line('"$key"')).toContainText('Stops a client that writes where it likes')
  await expect(line('content-length-range')).toContainText('Exactly 11 B')
  await expect(line('x-oss-content-type')).toContainText('Stored as text/plain')
  await expect(line('forbid-overwrite')).toContainText('Stops a form that is used twice')
  await expect(line('"$callback"')).toContainText('Stops a client that drops the callback')
  await expect(policy.getByRole('listitem')).toHaveCount(12)

  const callback = chapter(page, 'The callback parameter')
  await expect(callback).toContainText(`OSS calls${stage.origin.replace('localhost', '127.0.0.1')}/uploads/callback`)
  await expect(callback).toContainText(grant.id)
  await expect(chapter(page, 'What OSS sent')).toContainText('POST /uploads/callback')
  await expect(chapter(page, 'What OSS sent')).toContainText(
    `with the public key at ${stage.ossOrigin}/_callback/callback_pub_key_v1.pem`,
  )
  await expect(chapter(page, 'What OSS sent')).toContainText('x-oss-request-id')
  await expect(chapter(page, 'What was answered')).toContainText('"status": "settled"')
  await expect(chapter(page, 'What happened').getByRole('listitem')).toHaveText([
    /^The server signed a form/,
    /^OSS called, and its signature and the ticket were verified.*\+/,
    /^The server asked the bucket \(callback\): it holds 11 B.*\+/,
    /^The application answered.*\+/,
    /^OSS was answered 200.*\+/,
  ])

  // One click away: the text itself. Nowhere what would let a reader use it again.
  await policy.getByText('Raw').click()
  await expect(policy.locator('pre')).toContainText('"expiration"')
  const ticket = /ticket=([^"&]+)/.exec(Buffer.from(grant.fields.callback, 'base64').toString())?.[1] ?? ''
  const shown = await page.content()
  for (const secret of [ticket, grant.fields.callback, grant.fields.policy, grant.fields['x-oss-signature']]) {
    expect(secret.length).toBeGreaterThan(40)
    expect(shown).not.toContain(secret)
  }
})

test('the raw text is copied as it is shown', async ({ page, context, stage }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openRecord(page, stage)
  const sent = chapter(page, 'What OSS sent')
  await sent.getByText('Raw').click()
  await sent.getByRole('button', { name: 'Copy' }).click()
  await expect(sent.getByText('Copied')).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toBe(await sent.locator('pre').textContent())
  expect(copied).toMatch(
    /^POST \/uploads\/callback HTTP\/1\.1\n[\s\S]*authorization: \[hidden\][\s\S]*ticket=\[ticket\]$/,
  )
})

test('a record has an address: reloaded, opened in a tab of its own, left and come back to', async ({
  page,
  context,
  stage,
}) => {
  await openRecord(page, stage)
  const address = page.url()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: file.name })).toBeVisible()
  await expect(chapter(page, 'What the server signed')).toBeVisible()

  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: /^Drop a file/ })).toBeFocused()
  await expect(page).toHaveTitle('oss-direct')
  const opened = context.waitForEvent('page')
  await historyLink(page).click({ button: 'middle' })
  const tab = await opened
  await expect(tab.getByRole('heading', { level: 1, name: file.name })).toBeVisible()
  expect([tab.url(), page.url()]).toEqual([address, `${stage.origin}/`])
  await page.goForward()
  await expect(page.getByRole('heading', { level: 1, name: file.name })).toBeFocused()
})

test('an address that leads nowhere says so', async ({ page, stage }) => {
  await page.goto(`${stage.origin}/records/${'0'.repeat(32)}`)
  await expect(page.getByRole('heading', { level: 1, name: 'There is no such upload of yours' })).toBeVisible()
  await page.goto(`${stage.origin}/elsewhere/at/all`)
  await expect(page.getByRole('heading', { level: 1, name: 'There is no such page' })).toBeVisible()
})

test('turning to another view ends no upload', async ({ page, stage }) => {
  await stage.setFault({ name: 'slow', bytesPerSecond: 4_000_000, operation: 'PostObject' })
  const { browse } = await openPage(page, stage)
  await browse([await longFile('long.txt')])
  await expect(uploadRow(page, 'long.txt')).toHaveAttribute('data-phase', 'sending')
  await page.getByRole('navigation').getByRole('link', { name: 'Embed' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Embed it' })).toBeFocused()
  await page.getByRole('navigation').getByRole('link', { name: 'Upload' }).click()
  await expect(uploadRow(page, 'long.txt')).toHaveAttribute('data-phase', 'done')
  expect(await stage.ossRequests('PostObject')).toHaveLength(1)
})

test('a file in parts: the plan, the parts that were signed, and how they became one object', async ({
  page,
  stage,
}) => {
  await openPage(page, stage)
  const send = async (path: string, data: object) =>
    (await page.request.post(`${stage.origin}/uploads${path}`, { headers: { origin: stage.origin }, data })).json()
  const files = [{ name: 'film.mp4', size: 5, type: 'video/mp4' }]
  const { grants } = await send('', { route: 'demo', transport: 'multipart', files })
  const { id } = grants[0].grant
  const { urls } = await send(`/${id}/parts`, { partNumbers: [1] })
  // As the browser sends it: without a content type, which the address does not have either.
  expect((await fetch(urls[0].url, { method: 'PUT', body: Buffer.from('hello') })).status).toBe(200)
  await send(`/${id}/complete`, {})

  await page.goto(`${stage.origin}/records/${id}`)
  await expect(chapter(page, 'What the server granted')).toContainText('1 parts of')
  await expect(chapter(page, 'What happened').getByRole('listitem')).toHaveText([
    /^The server granted 1 parts/,
    /^The upload in parts was begun at OSS/,
    /^1 part addresses signed; OSS held 0 parts/,
    /^OSS listed 1 parts/,
    /^1 parts became one object of 5 B/,
    /^The server asked the bucket \(complete\): it holds 5 B/,
    /^The application answered/,
  ])
  expect(await page.content()).not.toContain(new URL(urls[0].url).searchParams.get('x-oss-signature'))
})

test('an application that fails: how often, when again, and "Confirm" settles it once it is mended', async ({
  page,
  stage,
}) => {
  await stage.setHook({ does: 'throw' })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'unconfirmed', { timeout: 30_000 })
  await historyLink(page).click()
  await expect(page.getByText('Stored, not answered')).toBeVisible()
  await expect(
    page.getByText(/^The file is in the bucket\. The application failed to take it once; the next try is at /),
  ).toBeVisible()
  await expect(chapter(page, 'What was answered')).toContainText('the application is broken, as the story wants it')
  await expect(chapter(page, 'What was answered')).toContainText('Refused: application-failed')
  await stage.setHook({ does: 'answer' })
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText('Done', { exact: true })).toBeVisible()
  await expect(chapter(page, 'The application answered')).toContainText(file.name)
})

const environment = { KEEP_TRACE: 'false' }
test.describe('without traces', () => {
  test.use({ extraServerEnv: environment })

  test('the record is whole, and says calmly why there is no more', async ({ page, stage }) => {
    await openRecord(page, stage)
    await expect(page.getByRole('heading', { name: 'This server keeps no traces' })).toBeVisible()
    await expect(chapter(page, 'The application answered')).toContainText(file.name)

    // A server that keeps them from now on has none of what was before.
    environment.KEEP_TRACE = 'true'
    await stage.killServer()
    await stage.startServer()
    environment.KEEP_TRACE = 'false'
    await page.reload()
    await expect(page.getByRole('heading', { name: 'The trace of this upload has gone' })).toBeVisible()
  })
})
