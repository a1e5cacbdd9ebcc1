import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { launchOptions } from '../../scripts/browser.mjs'

/** A browser of a person's own, with a profile on the disk. */
export interface OwnBrowser {
  context: BrowserContext
  page: Page
  /** A folder; it outlives the browser, however that ends. */
  profile: string
  /** SIGKILL: nothing is written any more that is not on its way to the disk already. */
  kill(): Promise<void>
  removeProfile(): Promise<void>
}

/** `profile`: of one that has ended. @default a new one */
export async function startBrowser(profile?: string): Promise<OwnBrowser> {
  const folder = profile ?? (await mkdtemp(join(tmpdir(), 'oss-direct-profile-')))
  const context = await chromium.launchPersistentContext(folder, { ...(await launchOptions()), locale: 'en-GB' })
  const pid = await processOf(context)
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    profile: folder,
    async kill() {
      const gone = new Promise<void>((resolve) => context.once('close', () => resolve()))
      process.kill(pid, 'SIGKILL')
      await gone
    },
    removeProfile: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The one that the others hang on: renderers and helpers end when it is gone. */
async function processOf(context: BrowserContext): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession()
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
  const found = processInfo.find(({ type }) => type === 'browser')
  if (found === undefined) throw new Error('this browser does not tell its process')
  return found.id
}
