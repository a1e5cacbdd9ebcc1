import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { startProgram } from '../e2e/stage/program.ts'
import { ensureBrowser, launchOptions } from '../scripts/browser.mjs'
import { freePort } from '../scripts/free-port.ts'
import { ensureWebBuild } from '../scripts/web-build.mjs'
import { type LocalOss, residentMB } from './local-oss.ts'
import type { Row } from './row.ts'

/** The demo's page in Chromium, with its server. */
export interface OpenPage {
  page: Page
  session: CDPSession
  /** For files of the row, removed at the end. */
  folder: string
  /** Of the page's JavaScript, in MB; garbage that is not collected yet counts as well. */
  heapMB(): Promise<number>
  /** Resident memory of all processes that draw pages, in MB. */
  rendererMB(): Promise<number>
  /** Resident memory of our server, in MB. */
  serverMB(): number
  /** Lets files and folders go over the dropzone, as a person does. Resolves when the browser has dispatched the drop. */
  drop(paths: readonly string[]): Promise<void>
}

const port = await freePort()

/** A row of which the page is a part. */
export function pageRow(name: string, { bytes, run }: Pick<Row, 'bytes'> & PageRun): Row {
  return {
    name,
    ...(bytes === undefined ? {} : { bytes }),
    flags: ['--bucket', 'uploads', '--cors-origin', `http://localhost:${port}`],
    run: (oss) => withPage(oss, run),
  }
}

interface PageRun {
  run(open: OpenPage, oss: LocalOss): ReturnType<Row['run']>
}

async function withPage(oss: LocalOss, work: PageRun['run']): ReturnType<Row['run']> {
  await ensureBrowser()
  await ensureWebBuild()
  const folder = await mkdtemp(join(tmpdir(), 'oss-page-'))
  const server = await startProgram('apps/server/src/main.ts', [], {
    PORT: String(port),
    OSS_EMULATOR_PORT: new URL(oss.origin).port,
    DATA_DIR: join(folder, 'server'),
  })
  const browser = await chromium.launch(await launchOptions())
  try {
    const page = await browser.newPage()
    // What rows have the page do passes through a compiler that names every function by this.
    await page.addInitScript('globalThis.__name = (named) => named')
    await page.goto(`http://localhost:${port}`)
    const session = await page.context().newCDPSession(page)
    const heapMB = async () => (await session.send('Runtime.getHeapUsage')).usedSize / 1e6
    const rendererMB = () => renderersOf(browser)
    const serverMB = () => residentMB(server.pid)
    const dropOn = (paths: readonly string[]) => drop(page, session, paths)
    return await work({ page, session, folder, heapMB, rendererMB, serverMB, drop: dropOn }, oss)
  } finally {
    await browser.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function renderersOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { type, id }) => (type === 'renderer' ? sum + residentMB(id) : sum), 0)
}

async function drop(page: Page, session: CDPSession, paths: readonly string[]): Promise<void> {
  const box = await page.locator('[data-dropzone]').first().boundingBox()
  if (box === null) throw new Error('The page has no dropzone')
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data })
  }
}
