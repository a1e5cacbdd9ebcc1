import { createServer } from 'node:http'
import { chromium, type Page } from '@playwright/test'
import { launchOptions } from '../../scripts/browser.mjs'
import { expect, test } from '../stage/console.ts'

/** A page of somebody else: at another port, and so another origin of the same site. */
async function serveForeignPage(page: Page, html: string): Promise<() => void> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>foreign</title>${html}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`)
  return () => {
    server.closeAllConnections()
    server.close()
  }
}

test('a page elsewhere can read nothing, change nothing and show nothing of it', async ({ page, stage }) => {
  await stage.sdk.put('a.png', Buffer.from('not for others'))
  const close = await serveForeignPage(page, '<iframe id="framed"></iframe><img id="picture" alt="">')
  const outcomes = await page.evaluate(async (api) => {
    const attempts: [string, RequestInit][] = [
      ['requests', {}],
      ['events', {}],
      ['requests', { method: 'DELETE' }],
      ['faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"lose-answer"}' }],
    ]
    const outcome = ([path, init]: [string, RequestInit]) =>
      fetch(`${api}/${path}`, init).then(
        () => 'answered',
        () => 'refused',
      )
    const seen = await Promise.all(attempts.map(outcome))
    // A fetch that expects no answer goes out without asking first, as a form does.
    const blind = { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' } } as const
    await fetch(`${api}/faults`, { ...blind, body: '{"name":"lose-answer"}' })
    await fetch(`${api}/callback-key/rotate`, blind)
    return seen
  }, `${stage.origin}/_console/api`)
  expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused'])

  const framed = await page.evaluate(async (address) => {
    const frame = document.querySelector<HTMLIFrameElement>('#framed')
    const picture = document.querySelector<HTMLImageElement>('#picture')
    if (frame === null || picture === null) throw new Error('the page is not ready')
    await new Promise((resolve) => {
      frame.onload = resolve
      frame.src = `${address}/`
    })
    return new Promise((resolve) => {
      picture.onload = () => resolve('shown')
      picture.onerror = () => resolve('refused')
      picture.src = `${address}/icon.svg`
    })
  }, `${stage.origin}/_console`)
  expect(framed).toBe('refused')
  const frame = page.frames().find((each) => each !== page.mainFrame())
  expect(await frame?.locator('nav').count()).toBe(0)

  const faults = await (await fetch(`${stage.origin}/_console/api/faults`)).json()
  const { requests } = (await (await fetch(`${stage.origin}/_console/api/requests`)).json()) as { requests: unknown[] }
  expect([faults, requests.length]).toEqual([{ faults: [] }, 1])
  close()
})

test('a foreign name that leads to this machine is no way in', async ({ stage, browserName }) => {
  test.skip(browserName !== 'chromium', 'only Chromium can be told where a name leads')
  const { port } = new URL(stage.origin)
  const options = await launchOptions()
  const browser = await chromium.launch({
    ...options,
    args: [...options.args, '--host-resolver-rules=MAP rebound.example 127.0.0.1'],
  })
  const page = await browser.newPage()
  const answer = await page.goto(`http://rebound.example:${port}/_console/`)
  expect(answer?.status()).toBe(403)
  const statuses = await page.evaluate(async () => {
    const paths = ['requests', 'buckets', 'callback-key']
    const answers = await Promise.all(paths.map((path) => fetch(`/_console/api/${path}`)))
    const set = await fetch('/_console/api/faults', { method: 'POST', body: '{"name":"lose-answer"}' })
    return [...answers, set].map(({ status }) => status)
  })
  expect(statuses).toEqual([403, 403, 403, 403])
  await browser.close()
})

const EVIL = '<script>parent.document.title = document.title = "owned"</script><img src=x onerror="document.title=1">'

test('nothing that was uploaded runs: not in the page, and not in a window of its own', async ({ page, stage }) => {
  const keys = [`${EVIL}.html`, 'evil.html', 'evil.svg', 'javascript:document.title=1']
  for (const key of keys) await stage.sdk.put(key, Buffer.from(EVIL), { mime: EVIL.replace(/[^ -~]/g, '') } as object)
  await stage.sdk.put('typed.html', Buffer.from(EVIL), { mime: 'text/html' } as object)
  await stage.sdk.put('typed.svg', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${EVIL}</svg>`), {
    mime: 'image/svg+xml',
  } as object)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))

  await page.goto(`${stage.origin}/_console/#/buckets/photos`)
  await expect(page.locator('a[data-key]')).toHaveCount(6)
  for (const key of [...keys, 'typed.html', 'typed.svg']) {
    await page.locator('a[data-key]').filter({ hasText: key }).first().click()
    await expect(page.locator('#object-key')).toHaveText(key)
    await expect(page.getByRole('group', { name: `Preview of ${key}` })).toContainText('parent.document.title')
    await expect(page).toHaveTitle('photos · Local OSS')
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'Open' }).click()
    const popup = await opened
    await popup.waitForLoadState()
    expect(await popup.title()).toBe('')
    await expect(popup.locator('body')).toContainText('<script>')
    await popup.close()
  }
  await page.goto(`${stage.origin}/_console/#/requests`)
  await expect(page.locator('.row').first()).toBeVisible()
  await page.getByLabel('Filter by text').fill('<script>')
  await expect(page.locator('.row').first()).toContainText('<script>parent')
  await expect(page).toHaveTitle('Requests · Local OSS')
  expect(complaints).toEqual([])
})
