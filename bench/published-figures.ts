import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { BenchResult } from './bench-group.ts'
import { type BenchRow, MOST } from './bench-row.ts'
import { drawChart } from './chart.ts'
import { headlineTable, type ReadmeLanguage } from './headlines.ts'

const root = new URL('../', import.meta.url)
const resultsFile = new URL('bench/results/latest.json', root)
const pictures = new URL('docs/pictures/performance/', root)
const READMES: Readonly<Record<ReadmeLanguage, string>> = { en: 'README.md', zh: 'README.zh-CN.md' }

/** Of groups that were measured now the rows are replaced; those of others stay as their last run left them. Resolves with all. */
export async function keepResults(
  results: ReadonlyMap<string, BenchResult>,
  groups: readonly string[],
): Promise<readonly BenchRow[]> {
  const rows = [...results.values()].flatMap(({ rows }) => rows)
  const others = (await readResults()).filter(({ group }) => !results.has(group))
  const sorted = groups.flatMap((name) => [...rows, ...others].filter(({ group }) => group === name))
  await writeFile(resultsFile, `${JSON.stringify(sorted, null, 2)}\n`)
  return sorted
}

async function readResults(): Promise<BenchRow[]> {
  try {
    return JSON.parse(await readFile(resultsFile, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Rewrites in the page what stands between the marks of each group; the words around them are written by hand. */
export async function fillPage(results: ReadonlyMap<string, BenchResult & { about: string }>): Promise<void> {
  await mkdir(pictures, { recursive: true })
  for (const [group, { about, rows, charts = [] }] of results) {
    const body = [about, '', ...tableOf(rows), ...charts.flatMap(({ name, title }) => ['', pictureOf(name, title)])]
    await fillIn('docs/performance.md', `figures: ${group}`, body)
    for (const chart of charts) await writeFile(new URL(`${chart.name}.svg`, pictures), drawChart(chart))
  }
}

/** Both READMEs tell the same few of all rows. */
export async function fillReadmes(rows: readonly BenchRow[]): Promise<void> {
  for (const [language, file] of Object.entries(READMES)) {
    await fillIn(file, 'figures', headlineTable(rows, language as ReadmeLanguage))
  }
}

async function fillIn(file: string, mark: string, body: readonly string[]): Promise<void> {
  const at = new URL(file, root)
  const text = await readFile(at, 'utf8')
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place for ${begin}`)
  await writeFile(at, `${text.slice(0, from + begin.length)}\n\n${body.join('\n')}\n\n${text.slice(to)}`)
}

export function printRows(rows: readonly BenchRow[]): void {
  console.table(
    rows.map((row) => ({
      name: row.name,
      rival: row.rival,
      ours: `${short(row.ours)} ${row.unit}`,
      theirs: `${short(row.theirs)} ${row.unit}`,
      ratio: ratioOf(row),
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
      const [ours, theirs] = [`${short(row.ours)} ${row.unit}`, `${short(row.theirs)} ${row.unit}`]
      return `| ${row.name} | ${row.rival}${mark} | ${ours} | ${theirs} | **${ratioOf(row)}** ${quartilesOf(row)} | ${target} |`
    }),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note, index) => `<sup>${index + 1}</sup> ${note}  `)]),
  ]
}

function ratioOf({ ratio }: BenchRow): string {
  return ratio < MOST ? ratio.toFixed(2) : '–'
}

/** What is measured once, as a limit is, has none. */
function quartilesOf({ low, high }: BenchRow): string {
  return low === high ? '' : `(${low.toFixed(2)} … ${high.toFixed(2)})`
}

function pictureOf(name: string, title: string): string {
  return `![${title}](pictures/performance/${name}.svg)`
}

function short(value: number): string {
  return Intl.NumberFormat('en', { maximumSignificantDigits: value < 100 ? 3 : 4 }).format(value)
}
