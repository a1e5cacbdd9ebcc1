import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { launchOptions } from '../browser.mjs'
import { freePort } from '../free-port.ts'
import { type Addresses, makeFreshApps, NEWEST, OLDEST } from './fresh-apps.ts'
import { outputOf, startProgram } from './program.ts'
import { snippetsOf } from './snippets.ts'

// Our packages in the hands of a newcomer, away from this checkout.

it('are little work: four lines of the page, sixteen of the server', () => {
  const [dropzone, mount] = [snippetsOf('README.md', 'tsx'), snippetsOf('README.md', 'ts')]
  expect([dropzone.length, mount.length]).toEqual([1, 1])
  expect(dropzone.join('').match(/^.+$/gm)?.length).toBeLessThanOrEqual(4)
  expect(mount.join('').match(/^.+$/gm)?.length).toBeLessThanOrEqual(16)
})

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch(await launchOptions())
})
afterAll(() => browser.close())

describe.each([
  { name: 'of today', versions: NEWEST },
  { name: 'with the oldest React and Express', versions: OLDEST },
])('fresh apps $name', ({ versions }) => {
  let folder: string
  let addresses: Addresses
  let complaints: { web: string; server: string }
  const inWeb = (...path: string[]) => join(folder, 'web', ...path)
  const inServer = (...path: string[]) => join(folder, 'server', ...path)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oss-fresh-'))
    const [app, vite, oss] = [await freePort(), await freePort(), await freePort()]
    addresses = { app: `http://localhost:${app}`, vite: `http://localhost:${vite}`, oss: `http://127.0.0.1:${oss}` }
    await makeFreshApps(folder, inject('tarballs'), versions, addresses)
    const tsc = inWeb('node_modules/typescript/bin/tsc')
    const [web, server] = await Promise.all([outputOf(inWeb(), tsc), outputOf(inServer(), tsc)])
    complaints = { web, server }
  }, 300_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('compile, all snippets of our READMEs with them, but where page and routes disagree', () => {
    expect(complaints.server).toBe('')
    expect(complaints.web.match(/[^\n]+/g)).toEqual([
      expect.stringMatching(/^src\/disagreeing\.tsx.*'"avatars"' is not assignable to type '"avatar"'/),
      expect.stringMatching(/^src\/disagreeing\.tsx.*Property 'uri' does not exist on type .*{ url: string; }/),
    ])
  })

  it('render the dropzone on a server', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['prerender.js'], { cwd: inWeb() })
    expect(stdout).toContain('data-dropzone')
    expect(stderr).toBe('')
  })

  it('do the main job: a picture chosen on the page ends with the answer of the application', async () => {
    expect(await outputOf(inWeb(), 'node_modules/vite/bin/vite.js', 'build')).toContain('built in')
    await startServer()
    await expectMainJob(addresses.app)
  })

  it.runIf(versions === NEWEST)('do it while the page is worked on', async () => {
    await startServer()
    const { port } = new URL(addresses.vite)
    await startProgram(inWeb(), ['node_modules/vite/bin/vite.js', '--port', port, '--strictPort'], /Local:/)
    // Vite finds dependencies while it serves a page for the first time, and may load that page anew.
    const first = await browser.newPage()
    await first.goto(addresses.vite, { waitUntil: 'networkidle' })
    await first.close()
    await expectMainJob(addresses.vite)
  })

  /** The local OSS and the Express app, as the README starts them. */
  async function startServer(): Promise<void> {
    const emulator = inServer('node_modules/@oss-direct/emulator/dist/main.js')
    const flags = ['--memory', '--port', new URL(addresses.oss).port, '--bucket', 'photos']
    const pages = ['--cors-origin', addresses.app, '--cors-origin', addresses.vite]
    await startProgram(inServer(), [emulator, ...flags, ...pages], /ready at/)
    await startProgram(inServer(), ['dist/server.js'], /listening/, {
      OSS_ACCESS_KEY_ID: 'local-access-key-id',
      OSS_ACCESS_KEY_SECRET: 'local-access-key-secret',
      UPLOADS_SECRET: 'a secret of sixteen bytes or more',
    })
  }
})

/** Four pixels square, blue. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR42mNQaDgARwzEcQAyUhYBD2ETTwAAAABJRU5ErkJggg==',
  'base64',
)

async function expectMainJob(origin: string): Promise<void> {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  const written: string[] = []
  page.on('pageerror', (error) => written.push(String(error)))
  page.on('console', (message) => {
    // Vite and React greet developers with the others.
    if (['log', 'warning', 'error'].includes(message.type())) written.push(message.text())
  })

  await page.goto(origin)
  // By the stylesheet, which bundlers treat apart.
  await page.locator('[data-dropzone]').waitFor()
  expect(await page.evaluate("getComputedStyle(document.querySelector('[data-dropzone]')).borderTopStyle")).toBe(
    'dashed',
  )

  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Browse' }).click()
  await (await chooser).setFiles({ name: 'me.png', mimeType: 'image/png', buffer: PICTURE })
  const row = page.locator('[data-upload-id]')
  await row.and(page.locator(':is([data-phase=done], [data-phase=unconfirmed], [data-phase=failed])')).waitFor()
  expect(await row.textContent()).toContain('/avatars/newcomer')
  expect(await row.getAttribute('data-phase')).toBe('done')
  // Its small picture comes of a worker, which the bundler has to find.
  await row.locator('canvas:visible').waitFor()
  expect(page.workers().map((worker) => worker.url())).toEqual([expect.stringContaining('picture-worker')])
  const { items } = await (await page.request.get(`${origin}/uploads`)).json()
  expect(items[0]).toMatchObject({ file: { name: 'me.png' }, status: 'settled', evidence: 'callback' })
  // What the README's onDone writes, and no complaint of anybody.
  await expect.poll(() => written).toEqual([expect.stringMatching(/^{url: \/avatars\/newcomer\?key=.*}$/)])

  // And the worker of the checksum. Source of the figure: the catalogue of CRCs, CRC-64/XZ.
  expect(await page.evaluate("crc64('123456789')")).toBe(BigInt('0x995dc9bbdf1939fa').toString())
}
