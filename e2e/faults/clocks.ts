import type { Scenario, Scenarios } from './connections.ts'

// Clocks that are wrong: past 15 minutes OSS takes no signature. Timers of the same machine go on as ever.

const OFF_MS = 20 * 60_000
const shiftClock = new URL('../stage/shift-clock.mjs', import.meta.url).href

export const clocks = {
  "browser's clock fast": inBrowser(OFF_MS),
  "browser's clock slow": inBrowser(-OFF_MS),
  "server's clock fast": inServer(OFF_MS),
  "server's clock slow": inServer(-OFF_MS),
  "OSS's clock fast": inOss(OFF_MS),
  "OSS's clock slow": inOss(-OFF_MS),
} satisfies Scenarios

function inBrowser(offsetMs: number): Scenario {
  return {
    async play({ page, choose }) {
      await page().addInitScript(shiftInPage, offsetMs)
      await page().reload()
      await choose()
    },
  }
}

function shiftInPage(offsetMs: number): void {
  const RealDate = Date
  const now = () => RealDate.now() + offsetMs
  window.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, member) => (member === 'now' ? now : Reflect.get(target, member)),
  })
  const timeOrigin = performance.timeOrigin + offsetMs
  Object.defineProperty(performance, 'timeOrigin', { get: () => timeOrigin })
}

function inServer(offsetMs: number): Scenario {
  return {
    serverEnv: { NODE_OPTIONS: `--import ${shiftClock}`, CLOCK_OFFSET_MS: String(offsetMs) },
    play: ({ choose }) => choose(),
  }
}

function inOss(offsetMs: number): Scenario {
  return {
    async play({ stage, choose }) {
      await stage.setFault({ name: 'clock', offsetMs })
      await choose()
    },
  }
}
