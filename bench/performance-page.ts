import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { BenchResult } from './bench-group.ts'
import type { BenchRow } from './bench-row.ts'
import { drawChart } from './chart.ts'

const resultsFile = new URL('./results/latest.json', import.meta.url)
const page = new URL('../docs/performance.md', import.meta.url)
const pictures = new URL('../docs/pictures/performance/', import.meta.url)

/** Of groups that were measured now the rows are replaced; those of others stay as their last run left them. */
export async function keepResults(results: ReadonlyMap<string, BenchResult>, groups: readonly string[]): Promise<void> {
  const rows = [...results.values()].flatMap(({ rows }) => rows)
  const others = (await readRows()).filter(({ group }) => !results.has(group))
  const sorted = groups.flatMap((name) => [...rows, ...others].filter(({ group }) => group === name))
  await writeFile(resultsFile, `${JSON.stringify(sorted, null, 2)}\n`)
}

async function readRows(): Promise<BenchRow[]> {
  try {
    return JSON.parse(await readFile(resultsFile, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Rewrites in the page what stands between the marks of each group; the words around them are written by hand. */
export async function fillPage(results: ReadonlyMap<string, BenchResult & { about: string }>): Promise<void> {
  let text = await readFile(page, 'utf8')
  for (const [group, { about, rows, charts = [] }] of results) {
    const [begin, end] = [`<!-- figures: ${group} -->`, `<!-- /figures: ${group} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for the figures of ${group}: ${begin}`)
    const body = [about, '', ...tableOf(rows), ...charts.flatMap(({ name, title }) => ['', pictureOf(name, title)])]
    text = `${text.slice(0, from + begin.length)}\n\n${body.join('\n')}\n\n${text.slice(to)}`
    await mkdir(pictures, { recursive: true })
    for (const chart of charts) await writeFile(new URL(`${chart.name}.svg`, pictures), drawChart(chart))
  }
  await writeFile(page, text)
}

export function printRows(rows: readonly BenchRow[]): void {
  console.table(
    rows.map((row) => ({
      name: row.name,
      rival: row.rival,
      ours: `${short(row.ours)} ${row.unit}`,
      theirs: `${short(row.theirs)} ${row.unit}`,
      ratio: row.ratio.toFixed(2),
      quartiles: quartilesOf(row),
      target: row.target === undefined ? '' : `≥ ${row.target}`,
      met: row.target === undefined ? '' : row.ok ? 'yes' : 'NO',
    })),
  )
  for (const { name, rival, note } of rows) if (note !== undefined) console.log(`${name}, ${rival}: ${note}`)
}

function tableOf(rows: readonly BenchRow[]): string[] {
  const notes = [...new Set(rows.flatMap(({ note }) => note ?? []))]
  return [
    '| what | against | ours | theirs | ratio (quartiles) | must reach |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => {
      const mark = row.note === undefined ? '' : ` <sup>${notes.indexOf(row.note) + 1}</sup>`
      const target = row.target === undefined ? '' : `${row.ok ? '✓' : '**✗**'} ≥ ${row.target}`
      const ratio = `**${row.ratio.toFixed(2)}** (${quartilesOf(row)})`
      const [ours, theirs] = [`${short(row.ours)} ${row.unit}`, `${short(row.theirs)} ${row.unit}`]
      return `| ${row.name} | ${row.rival}${mark} | ${ours} | ${theirs} | ${ratio} | ${target} |`
    }),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note, index) => `<sup>${index + 1}</sup> ${note}  `)]),
  ]
}

function quartilesOf({ low, high }: BenchRow): string {
  return `${low.toFixed(2)} … ${high.toFixed(2)}`
}

function pictureOf(name: string, title: string): string {
  return `![${title}](pictures/performance/${name}.svg)`
}

function short(value: number): string {
  return Intl.NumberFormat('en', { maximumSignificantDigits: value < 100 ? 3 : 4 }).format(value)
}
