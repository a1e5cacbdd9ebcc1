import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { freePort } from '../../scripts/free-port.ts'
import { type Program, startProgram } from '../stage/program.ts'

// Every example is started as its README says, and does its job in a browser.

const picture = {
  name: 'me.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
    'base64',
  ),
}

/** Starts an example with the server and the local OSS that it needs, and opens its page. */
const test = base.extend<{ open(example: string): Promise<Page> }>({
  open: async ({ page }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'oss-direct-example-'))
    const programs: Program[] = []
    const start = async (...program: Parameters<typeof startProgram>) => {
      const started = await startProgram(...program)
      programs.push(started)
      return started.address
    }
    await use(async (example) => {
      const [pagePort, serverPort] = [await freePort(), await freePort()]
      const origin = `http://localhost:${pagePort}`
      const oss = ['--port', '0', '--memory', '--bucket', 'uploads', '--cors-origin', origin]
      const SERVER = await start('examples/express-minimal/server.ts', [], {
        PORT: String(serverPort),
        OSS_ENDPOINT: await start('packages/emulator/src/main.ts', oss, {}),
        DATABASE_FILE: join(folder, 'uploads.db'),
      })
      const env = { PORT: String(pagePort), SERVER }
      if (example === 'next-like-ssr') await start(`examples/${example}/server.ts`, [], env)
      else await start('examples/serve.ts', [example], env)
      await page.goto(origin)
      return page
    })
    for (const program of programs) await program.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  },
})

test('vanilla: a list of its own making shows what the application answered', async ({ open }) => {
  const page = await open('vanilla')
  await page.getByLabel('Files').setInputFiles([picture])
  await expect(page.getByRole('listitem')).toContainText(/me\.png: done, the application answered \{"attachment":"\w+"/)
})

test('axios-instance: our own API gets the token of the application, OSS does not', async ({ open }) => {
  const page = await open('axios-instance')
  const tokens: [url: string, token: string | undefined][] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') tokens.push([request.url(), request.headers().authorization])
  })
  await page.locator('input[type=file]').setInputFiles([picture])
  await expect(page.locator('[data-phase=done]')).toContainText('me.png')
  const [grants, oss] = [
    tokens.filter(([url]) => url.endsWith('/uploads')),
    tokens.filter(([url]) => url.endsWith('/')),
  ]
  expect(grants.map(([, token]) => token)).toEqual(['Bearer a-token-of-this-application'])
  expect(oss.map(([, token]) => token)).toEqual([undefined])
})

test('react-hook-form: the form wants the picture, and saves what the application answered', async ({ open }) => {
  const page = await open('react-hook-form')
  await page.getByLabel('Name').fill('Mei')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('A picture is needed')).toBeVisible()
  await page.locator('input[type=file]').setInputFiles([picture])
  await expect(page.locator('[data-phase=done]')).toContainText('me.png')
  await expect(page.getByText('A picture is needed')).toHaveCount(0)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/^Saved Mei with \/uploads\/\w+\/content$/)).toBeVisible()
})

test('iframe-embed: the page around the frame learns the result, and no other origin’s words', async ({ open }) => {
  const page = await open('iframe-embed')
  await page.frameLocator('iframe').locator('input[type=file]').setInputFiles([picture])
  await expect(page.locator('output')).toHaveText(/^me\.png is attachment \w+$/)
  const before = await page.locator('output').textContent()
  await page.evaluate(() => {
    const data = { type: 'upload-done', name: 'forged', result: { attachment: 'x', name: 'forged' } }
    window.dispatchEvent(new MessageEvent('message', { data, origin: 'https://evil.example' }))
    window.postMessage(data, '*') // of the right origin, and not from the frame
  })
  await page.waitForFunction(() => new Promise((resolve) => setTimeout(() => resolve(true))))
  expect(await page.locator('output').textContent()).toBe(before)
})

test('next-like-ssr: the page comes rendered, and the browser takes it over without a word', async ({
  open,
  request,
}) => {
  const complaints: string[] = []
  const page = await open('next-like-ssr')
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  expect(await (await request.get(page.url())).text()).toContain('Browse files')
  await page.reload()
  await page.locator('input[type=file]').setInputFiles([picture])
  await expect(page.getByText('Attached: 1')).toBeVisible()
  expect(complaints).toEqual([])
})
