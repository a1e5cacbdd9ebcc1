// @ts-check
// `npm test`, and its parts: `npm run check`, `npm run test:unit`, `npm run test:e2e`.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { Complaint, ensureInstalled, root, runMain, runTool } from './workspace.mjs'

const results = join(root, 'test-results')
const vitestReport = join(results, 'vitest.json')
const playwrightReport = join(results, 'playwright.json')

const parts = {
  check: [checkFormat, checkTypes, checkDeadCode],
  unit: [testUnits],
  e2e: [testStories],
}

runMain(async () => {
  const asked = process.argv[2]
  if (asked !== undefined && !Object.hasOwn(parts, asked)) {
    throw new Complaint(`There is no part "${asked}"; parts: ${Object.keys(parts).join(', ')}`)
  }
  await ensureInstalled()
  for (const report of [vitestReport, playwrightReport]) rmSync(report, { force: true })
  const steps = asked === undefined ? Object.values(parts).flat() : parts[/** @type {keyof typeof parts} */ (asked)]
  /** @type {Error | undefined} */
  let failure
  for (const step of steps) {
    const startedAt = Date.now()
    try {
      await step()
      console.log(`✔ ${step.name} (${seconds(startedAt)})\n`)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      console.error(`✘ ${step.name} (${seconds(startedAt)})`)
      break
    }
  }
  printCounts()
  if (failure) throw failure
})

async function checkFormat() {
  const colors = process.stdout.isTTY ? [] : ['--colors=off']
  await runTool('@biomejs/biome', ['ci', ...colors, '.'], 'format and lint')
}

async function checkTypes() {
  const packages = childFolders('packages')
  const tests = packages.map((folder) => join(folder, 'test'))
  const pages = packages.map((folder) => join(folder, 'src', 'console'))
  const projects = ['.', 'e2e', 'bench', 'scale', 'examples', ...packages, ...tests, ...pages, ...childFolders('apps')]
  for (const project of projects.filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))) {
    await runTool('typescript', ['-p', project], `type check of ${project}`, { bin: 'tsc' })
  }
}

async function checkDeadCode() {
  await runTool('knip', [], 'dead code check')
}

async function testUnits() {
  await ensureBrowser()
  await runTool(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
    'unit and integration tests',
  )
}

async function testStories() {
  await ensureBrowser()
  await ensureWebBuild()
  const e2e = join(root, 'e2e')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport }
  await runTool('@playwright/test', ['test', '--reporter=list,json'], 'end-to-end stories', {
    cwd: e2e,
    from: e2e,
    bin: 'playwright',
    env,
  })
}

/** The last line says in any language how many tests ran. */
function printCounts() {
  const counts = { passed: 0, failed: 0 }
  if (existsSync(vitestReport)) {
    const report = JSON.parse(readFileSync(vitestReport, 'utf8'))
    counts.passed += report.numPassedTests
    counts.failed += report.numFailedTests
  }
  if (existsSync(playwrightReport)) {
    const { stats } = JSON.parse(readFileSync(playwrightReport, 'utf8'))
    counts.passed += stats.expected + stats.flaky
    counts.failed += stats.unexpected
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`)
}

/** @param {string} folder */
function childFolders(folder) {
  return readdirSync(join(root, folder)).map((name) => join(folder, name))
}

/** @param {number} startedAt */
function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}
