import { readdir } from 'node:fs/promises'
import type { BenchGroup, BenchResult } from './bench-group.ts'
import { removeDatabases } from './filled-databases.ts'
import { fillPage, fillReadmes, keepResults, printRows } from './published-figures.ts'

// `npm run bench`, or with the names of some files of `groups`.

const all = (await readdir(new URL('groups', import.meta.url))).map((file) => file.replace(/\.ts$/, ''))
/** As a reader of the page goes through them: from the inside out. */
const ORDER = ['sign', 'grant', 'callback', 'upload', 'list', 'growth', 'browser', 'scale', 'size', 'emulator']
const groups = [...ORDER.filter((name) => all.includes(name)), ...all.filter((name) => !ORDER.includes(name))]
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !groups.includes(name))
if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}; there are ${groups.join(', ')}`)

const results = new Map<string, BenchResult & { about: string }>()
try {
  for (const name of groups.filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const { group } = (await import(`./groups/${name}.ts`)) as { group: BenchGroup }
    console.log(`\n${name}: ${group.about}`)
    const startedAt = performance.now()
    const result = await group.measure()
    printRows(result.rows)
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
    results.set(name, { about: group.about, ...result })
  }
} finally {
  await removeDatabases()
}
const rows = await keepResults(results, groups)
await fillPage(results)
// The last, because it wants rows of groups that may never have been measured.
await fillReadmes(rows)
if ([...results.values()].some(({ rows }) => rows.some(({ ok }) => !ok))) process.exitCode = 1
