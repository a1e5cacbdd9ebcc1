import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OSS from 'ali-oss'
import { chromium, type Page } from 'playwright'
import { build } from 'vite'
import { startProgram } from '../e2e/stage/program.ts'
import { ensureBrowser, launchOptions } from '../scripts/browser.mjs'
import { freePort } from '../scripts/free-port.ts'
import { startFloor } from './floor-process.ts'
import type { Bench } from './pages/main.ts'

/** A browser, and what it sends to; all contenders share them, and each sends its files from a page of its own. */
export interface BrowserStage {
  /** For files, removed at the end. */
  readonly folder: string
  /** An empty page, for whatever a browser can make. */
  withPage<T>(work: (page: Page) => Promise<T>): Promise<T>
  /** Throws where the application was not told of every single file, or where pictures are sent and a list does not show them. */
  send(contender: string, files: SentFiles, to: Receiver): Promise<Sent>
  stop(): Promise<void>
}

/** `real`: a local OSS and our server. `quick`: a stand-in that stores and checks nothing, so that the page is what is slow. */
export type Receiver = 'real' | 'quick'

export interface SentFiles {
  paths: readonly string[]
  /** Of all together. */
  bytes: number
}

export interface Sent {
  /** From the files in the page to the last answer. */
  seconds: number
  /** Milliseconds that the page's main thread was at work for each file. */
  busyMs: number
}

/** Where a system has files in memory: a disk's flushes take longer than a page, and are no property of it. */
const MEMORY = '/dev/shm'

const MOST_IN_ONE_DELETE = 1000
/** The local OSS's own. */
const ACCESS_KEY = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }

export async function startBrowserStage(): Promise<BrowserStage> {
  await ensureBrowser()
  const pages = fileURLToPath(new URL('pages/dist', import.meta.url))
  await build({ configFile: fileURLToPath(new URL('pages/vite.config.ts', import.meta.url)) })
  const folder = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'oss-bench-browser-'))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const oss = await startProgram(
    'packages/emulator/src/main.ts',
    ['--port', '0', '--data', join(folder, 'oss'), '--bucket', 'uploads', '--cors-origin', origin],
    {},
  )
  const server = await startProgram('bench/application.ts', [], {
    PORT: String(port),
    OSS_EMULATOR_PORT: new URL(oss.address).port,
    DATA_DIR: join(folder, 'server'),
    WEB_ROOT: pages,
    // As a server that many people use: it notes no trace, and what one page sends here a thousand would send.
    KEEP_TRACE: 'false',
    LOG_LEVEL: 'warn',
    LIMIT_REQUESTS_PER_MINUTE: 'none',
    LIMIT_OPEN_GRANTS: 'none',
    LIMIT_BYTES_PER_DAY: 'none',
  })
  const quick = await startFloor('quick-oss', [pages])
  const sites = {
    real: { origin, arrived: () => server.ask<number>({ ask: 'arrived' }) },
    quick: {
      origin: quick.origin,
      arrived: async () => (await (await fetch(`${quick.origin}/arrived`)).json()) as number,
    },
  }
  const sdk = new OSS({
    ...ACCESS_KEY,
    bucket: 'uploads',
    region: 'oss-cn-hangzhou',
    endpoint: `http://localhost:${new URL(oss.address).port}`,
    sldEnable: true,
  } as OSS.Options)
  // All of them together would be twenty gigabytes of memory, and what is measured afterwards would wait for its programs to be read.
  const remove = async (keys: readonly string[]) => {
    for (let at = 0; at < keys.length; at += MOST_IN_ONE_DELETE) {
      await sdk.deleteMulti(keys.slice(at, at + MOST_IN_ONE_DELETE), { quiet: true })
    }
  }
  // With a folder of its own, because a browser without one keeps its databases in memory.
  const context = await chromium.launchPersistentContext(join(folder, 'browser'), await launchOptions())

  const withPage: BrowserStage['withPage'] = async (work) => {
    const page = await context.newPage()
    try {
      return await work(page)
    } finally {
      await page.close()
    }
  }

  return {
    folder,
    withPage,
    send: (contender, { paths, bytes }, to) =>
      withPage(async (page) => {
        const site = sites[to]
        await page.goto(`${site.origin}/?contender=${contender}`)
        await page.waitForFunction(() => 'bench' in window)
        await page.locator('#files').setInputFiles([...paths])
        await page.evaluate(() => (window as unknown as { bench: Bench }).bench.prepare())
        const session = await context.newCDPSession(page)
        await session.send('Performance.enable')
        const busySeconds = async () => {
          const { metrics } = await session.send('Performance.getMetrics')
          return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
        }
        const [busyBefore, arrivedBefore] = [await busySeconds(), await site.arrived()]
        const answered = await page.evaluate(() => (window as unknown as { bench: Bench }).bench.run())
        const showsPictures = await page.evaluate(() => (window as unknown as { bench: Bench }).bench.showsPictures())
        if (!showsPictures) throw new Error(`${contender}: rows in sight have no picture`)
        const busy = (await busySeconds()) - busyBefore
        const arrived = (await site.arrived()) - arrivedBefore
        const keys = new Set(answered.keys).size
        if (arrived !== paths.length || keys !== paths.length || answered.bytes !== bytes) {
          const found = `${arrived} arrived, ${keys} were answered, with ${answered.bytes} of ${bytes} bytes`
          throw new Error(`${contender}: of ${paths.length} files ${found}`)
        }
        if (to === 'real') await remove(answered.keys)
        return { seconds: answered.ms / 1000, busyMs: (busy * 1000) / paths.length }
      }),
    async stop() {
      await context.close()
      await quick.stop()
      await server.stop()
      await oss.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
