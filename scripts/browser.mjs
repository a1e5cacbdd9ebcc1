// @ts-check
// A Chromium for the tests: one that is installed, else Playwright's, else Debian's package when we may install it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint, run } from './workspace.mjs'

const isRoot = process.getuid?.() === 0

/** @returns {Promise<string | undefined>} path of an installed Chromium or Chrome, else of Playwright's own */
async function findBrowser() {
  const installed = installedBrowsers().find((path) => path && existsSync(path))
  if (installed) return installed
  const { chromium } = await import('playwright')
  const own = chromium.executablePath()
  return existsSync(own) ? own : undefined
}

/** @returns {Promise<string>} */
export async function ensureBrowser() {
  const found = await findBrowser()
  if (found) return found
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.log('No Chromium here: installing the Debian package …')
    await run('apt-get', ['update'], 'apt-get update')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], 'installing chromium', { env })
    const installed = await findBrowser()
    if (installed) return installed
  }
  throw new Complaint(
    [
      'The tests need a real Chromium and none was found. One of these gives one:',
      '  - install Google Chrome or Chromium (Debian, Ubuntu: sudo apt-get install chromium)',
      "  - or fetch Playwright's: node_modules/.bin/playwright install chromium",
      '  - or say where yours is: CHROMIUM_PATH=/path/to/chrome npm test',
    ].join('\n'),
  )
}

/** What Playwright launches; the same for the browser tests, the end-to-end stories and the screenshots. */
export async function launchOptions() {
  const executablePath = await findBrowser()
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      ...(isRoot ? ['--no-sandbox'] : []), // Chromium refuses to start as root with its sandbox on
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }
}

function installedBrowsers() {
  const { CHROMIUM_PATH, PROGRAMFILES, LOCALAPPDATA } = process.env
  const named = CHROMIUM_PATH ?? ''
  switch (process.platform) {
    case 'darwin':
      return [
        named,
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ]
    case 'win32':
      return [
        named,
        ...[PROGRAMFILES, LOCALAPPDATA].map((base) => base && join(base, 'Google/Chrome/Application/chrome.exe')),
      ]
    default:
      return [
        named,
        ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => `/usr/bin/${name}`),
      ]
  }
}
