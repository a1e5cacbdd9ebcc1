import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { againText, expectations, renderPage, seenText } from '../e2e/faults/page.ts'
import { CELLS, cellName, TABLE } from '../e2e/faults/table.ts'
import { root } from './workspace.mjs'

// The page is written by `npm run test:faults`, which takes a quarter of an hour; that it tells of this very table is seen here.

const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8')
const lines = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| --'))
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim()))
const faults = lines.filter((line) => line.length === 2).slice(1)
const results = lines.filter((line) => line.length === 5).slice(1)

describe('docs/reliability.md', () => {
  it('tells of every fault, and how it is brought about', () => {
    expect(faults).toEqual(TABLE.map(({ fault, how }) => [fault, how]))
  })

  it('expects what the table does', () => {
    expect(results.map((line) => line.slice(0, 3))).toEqual(expectations().map(({ columns }) => columns))
    expect(page).toContain(`${CELLS.length} cells, all as expected`)
  })

  it('has seen what the table expects', () => {
    for (const [index, { expected, transport, columns }] of expectations().entries()) {
      const [, , , seen, again] = results[index] ?? []
      if ('senseless' in expected) expect([seen, again]).toEqual(['', ''])
      else {
        expect(seen, columns.join()).toBe(seenText(expected))
        if (expected.sentAgain === 'nothing') expect(again, columns.join()).toBe(againText(0, transport))
      }
    }
  })

  it('is what the same results are written as again', () => {
    const outcomes = new Map(CELLS.map((cell) => [cellName(cell), { ...cell.expected, sentAgain: timesOf(cell) }]))
    const [, chromium = '', playwright = '', node = ''] =
      /Chromium (\S+), Playwright (\S+), Node (\S+)\.\n$/.exec(page) ?? []
    expect(renderPage(outcomes, { chromium, playwright, node })).toBe(page)
  })
})

function timesOf({ fault, transport }: (typeof CELLS)[number]): number {
  const text = results.find((line) => line[0] === fault && line[1] === transport)?.[4]
  return Array.from({ length: 20 }, (_, times) => againText(times, transport)).indexOf(text ?? '')
}
