import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter'
import { OUTCOME, type Outcome } from './outcome.ts'
import { renderPage } from './page.ts'
import { CELLS } from './table.ts'

const page = join(fileURLToPath(import.meta.url), '../../../docs/reliability.md')

/** Writes docs/reliability.md from a run of the whole table in which all went as expected. */
export default class ReliabilityReporter implements Reporter {
  readonly #outcomes = new Map<string, Outcome>()
  #chromium = ''

  onTestEnd(test: TestCase, { annotations }: TestResult): void {
    const found = annotations.find(({ type }) => type === OUTCOME)?.description
    if (found === undefined) return
    const { chromium, ...outcome } = JSON.parse(found) as Outcome & { chromium: string }
    this.#outcomes.set(test.title, outcome)
    this.#chromium = chromium
  }

  onEnd({ status }: FullResult): void {
    if (status !== 'passed' || this.#outcomes.size < CELLS.length) {
      process.stdout.write(
        'docs/reliability.md is left as it was: it tells of whole runs in which all went as expected\n',
      )
      return
    }
    const { version } = createRequire(import.meta.url)('@playwright/test/package.json') as { version: string }
    const versions = { chromium: this.#chromium, playwright: version, node: process.versions.node }
    const text = renderPage(this.#outcomes, versions)
    const isNew = text !== readPage()
    if (isNew) writeFileSync(page, text)
    process.stdout.write(`docs/reliability.md ${isNew ? 'is written anew' : 'is as it was'}\n`)
  }
}

function readPage(): string {
  try {
    return readFileSync(page, 'utf8')
  } catch {
    return ''
  }
}
