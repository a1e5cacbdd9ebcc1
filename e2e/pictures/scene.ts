import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { uploadRow } from '../stage/page.ts'
import { test as base, expect, type Stage } from '../stage/stage.ts'
import { paintHarbour } from './harbour.ts'

export { expect }

/**
 * The reference app, its server and the local OSS, all real, before a camera. What would move is held by its causes: the page's
 * clock stands still but for what `until` and `pass` let go by, its dice always fall in the middle, and while bytes are held it
 * is told how far it is by us and not by the browser, whose count depends on the buffers of the system.
 */
export interface Scene {
  page: Page
  stage: Stage
  /** Opens the page and stops its clock. */
  open(): Promise<void>
  /** A file on the disk; `size` of nothing but zeros, or a picture. Gives its path. */
  file(name: string, size: number): Promise<string>
  picture(name: string): Promise<string>
  browse(...paths: string[]): Promise<void>
  row(name: string): Locator
  /** Waits until a row is in a phase. `tickMs` of the page's time go by at each look. */
  reach(name: string, phase: string, tickMs?: number): Promise<void>
  until(what: string, isSo: () => Promise<boolean>, tickMs?: number): Promise<void>
  /** Lets time go by on the page. */
  pass(ms: number): Promise<void>
  /** A line on which so many bytes leave in a second; a fault of the local OSS would be told of in the head of the page. */
  narrowLine(bytesPerSecond: number): Promise<void>
  /** From here on no byte counts before `sendSteadily` says so. */
  holdBytes(): Promise<void>
  /** So many bytes of each upload under way leave, in the order in which they began, in so many seconds. */
  sendSteadily(bytes: readonly number[], seconds: number): Promise<void>
}

export const test = base.extend<{ scene: Scene }>({
  scene: async ({ page, stage }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'oss-direct-scene-'))
    page.on('dialog', (dialog) => void dialog.accept())
    const pass = (ms: number) => page.clock.runFor(ms)
    const until: Scene['until'] = (what, isSo, tickMs = 3) =>
      expect
        .poll(
          async () => {
            await pass(tickMs)
            return isSo()
          },
          { message: what, intervals: [20], timeout: 45_000 },
        )
        .toBe(true)
    const row = (name: string) => uploadRow(page, name)
    await use({
      page,
      stage,
      async open() {
        await page.clock.install()
        await page.addInitScript(holdDice)
        await page.addInitScript(holdFigures)
        await page.goto(stage.origin)
        await expect(page.locator('.od-limits')).not.toBeEmpty()
        await expect(page.locator('.records, .empty')).toBeVisible()
        await page.clock.pauseAt(Date.now() + 60_000)
      },
      async file(name, size) {
        const path = join(folder, name)
        const handle = await open(path, 'w')
        await handle.truncate(size)
        await handle.close()
        return path
      },
      async picture(name) {
        const path = join(folder, name)
        await writeFile(path, await paintHarbour(page))
        return path
      },
      browse: (...paths) => page.locator('[data-dropzone] input[type=file]').setInputFiles(paths),
      row,
      reach: (name, phase, tickMs) =>
        until(
          `${name} is ${phase}`,
          () =>
            row(name)
              .and(page.locator(`[data-phase="${phase}"]`))
              .isVisible(),
          tickMs,
        ),
      until,
      pass,
      async narrowLine(bytesPerSecond) {
        const session = await page.context().newCDPSession(page)
        const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond }
        await session.send('Network.emulateNetworkConditions', line)
      },
      holdBytes: () => page.evaluate(() => Object.assign(window, { bytesHeld: true })).then(() => undefined),
      async sendSteadily(bytes, seconds) {
        // The page has looked once and seen nothing move: its first figure is then that of a whole second.
        await pass(1100)
        for (let second = 1; second <= seconds; second++) {
          await page.evaluate(
            (sent) => (window as unknown as { tellProgress(sent: number[]): void }).tellProgress(sent),
            bytes.map((each) => (each * second) / seconds),
          )
          await pass(1000)
        }
      },
    })
    await rm(folder, { recursive: true, force: true })
  },
})

function holdDice(): void {
  Math.random = () => 0.5
}

// In the page, before anything of it runs.
function holdFigures(): void {
  const underWay: XMLHttpRequest[] = []
  const open = XMLHttpRequest.prototype.open
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...call: unknown[]) {
    if ('bytesHeld' in window) {
      underWay.push(this)
      for (const type of ['progress', 'load']) {
        this.upload.addEventListener(type, (event) => event.isTrusted && event.stopImmediatePropagation())
      }
      this.addEventListener('loadend', () => underWay.splice(underWay.indexOf(this), 1))
    }
    return Reflect.apply(open, this, call)
  }
  Object.assign(window, {
    tellProgress(sent: number[]) {
      for (const [index, loaded] of sent.entries()) {
        const total = Number.MAX_SAFE_INTEGER
        underWay[index]?.upload.dispatchEvent(new ProgressEvent('progress', { lengthComputable: true, loaded, total }))
      }
    },
  })
}
