import { createServer, type Server } from 'node:http'
import type { Page } from '@playwright/test'
import { freePort } from '../../scripts/free-port.ts'
import { expect, test } from '../stage/stage.ts'

const file = { name: 'cake.txt', mimeType: 'text/plain', buffer: Buffer.from('a cake') }

// Two pages of somebody else; the port of the first is known before the server starts, which names it.
const [shop, stranger] = [await freePort(), await freePort()]

test('in a page with looks of its own: the page does with the result what it likes', async ({ page, stage }) => {
  await page.goto(`${stage.origin}/embed`)
  const bakery = page.frameLocator('iframe[title="The page of a bakery, with the component in it"]')
  await bakery.locator('input[type=file]').first().setInputFiles([file])
  await expect(bakery.locator('[data-upload-id]')).toHaveAttribute('data-phase', 'done')
  await expect(bakery.getByRole('list', { name: 'Pictures that we have' })).toHaveText(file.name)
})

test('in a frame: the page around it receives the result, and believes nobody else', async ({ page, stage }) => {
  await page.goto(`${stage.origin}/embed`)
  const received = page.getByRole('region', { name: 'What this page received' })
  await expect(received).toContainText('Nothing yet')
  await page.evaluate(() => {
    // Ours by origin, and the frame of somebody else by origin: neither is the upload frame.
    const message = { type: 'upload-done', id: '1', name: 'forged.txt', result: {} }
    window.postMessage(message, location.origin)
    const stranger = document.createElement('iframe')
    stranger.srcdoc = `<script>parent.postMessage(${JSON.stringify(message)}, '*')</script>`
    document.body.append(stranger)
  })
  const frame = page.frameLocator('iframe[title="Upload, in a frame"]')
  await frame.locator('input[type=file]').first().setInputFiles([file])
  await expect(received).toContainText(file.name)
  const { items } = await (await page.request.get(`${stage.origin}/uploads`)).json()
  await expect(received).toContainText(items[0].result.key)
  await expect(received).not.toContainText('forged.txt')
})

test('the code that is shown is what is run, and can be copied', async ({ page, context, stage }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${stage.origin}/embed`)
  const copies = page.getByRole('button', { name: 'Copy' })
  await expect(copies).toHaveCount(2)
  for (const index of [0, 1]) {
    await copies.nth(index).click()
    const code = await page.evaluate(() => navigator.clipboard.readText())
    expect(code.split('\n').length).toBeLessThanOrEqual(4)
    expect(code).toContain(['<UploadDropzone route="demo"', `${stage.origin}/frame.html?parent=`][index])
  }
})

test.describe('in pages of other origins', () => {
  test.use({ extraServerEnv: { CORS_ORIGINS: `http://localhost:${shop}` } })
  const servers: Server[] = []
  test.beforeAll(() => {
    for (const port of [shop, stranger]) {
      servers.push(
        createServer((_request, response) => response.end('<!doctype html><title>shop</title>')).listen(port),
      )
    }
  })
  test.afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })

  test('one that the server names receives the result', async ({ page, stage }) => {
    await show(page, stage.origin, shop, `http://localhost:${shop}`)
    await page.frameLocator('iframe').locator('input[type=file]').first().setInputFiles([file])
    await expect
      .poll(() => heard(page))
      .toEqual([{ origin: stage.origin, data: expect.objectContaining({ type: 'upload-done', name: file.name }) }])
  })

  test('one that passes itself off as another receives nothing', async ({ page, stage }) => {
    await show(page, stage.origin, shop, `http://localhost:${stranger}`)
    const frame = page.frameLocator('iframe')
    await frame.locator('input[type=file]').first().setInputFiles([file])
    await expect(frame.locator('[data-upload-id]')).toHaveAttribute('data-phase', 'done')
    expect(await heard(page)).toEqual([])
  })

  test('one that the server does not name cannot show the frame, nor any page the app', async ({ page, stage }) => {
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await show(page, stage.origin, stranger, `http://localhost:${stranger}`)
    await expect.poll(() => refused.join()).toContain('frame-ancestors')
    await expect(page.frameLocator('iframe').locator('input[type=file]')).toHaveCount(0)
    refused.length = 0
    await page.goto(`http://localhost:${shop}`)
    await page.evaluate((src) => {
      document.body.innerHTML = `<iframe src="${src}"></iframe>`
    }, `${stage.origin}/embed`)
    await expect.poll(() => refused.join()).toContain('frame-ancestors')
  })

  /** A page at that port that shows the frame, and keeps what it hears. `parent`: who it says it is. */
  async function show(page: Page, origin: string, port: number, parent: string) {
    // The visitor is known already; a frame of the same site brings the cookie along.
    await page.goto(origin)
    await page.goto(`http://localhost:${port}`)
    await page.evaluate(
      ({ origin, parent }) => {
        const messages: unknown[] = []
        Object.assign(window, { messages })
        addEventListener('message', ({ origin, data }) => messages.push({ origin, data }))
        document.body.innerHTML = `<iframe src="${origin}/frame.html?parent=${encodeURIComponent(parent)}" title="Upload" width="600" height="400"></iframe>`
      },
      { origin, parent },
    )
  }

  function heard(page: Page): Promise<unknown[]> {
    return page.evaluate(() => (window as unknown as { messages: unknown[] }).messages)
  }
})

test('opened alone, the page for frames says what it is for', async ({ page, stage }) => {
  await page.goto(`${stage.origin}/frame.html?parent=${stage.origin}`)
  await expect(page.getByText('This page is made to stand in a frame of yours')).toBeVisible()
  await expect(page.locator('input[type=file]')).toHaveCount(0)
})
