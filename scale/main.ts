import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installLocalOss, type LocalOss, startLocalOss } from './local-oss.ts'
import { type Figure, MiB, type Row } from './row.ts'

// `npm run test:scale`, or with the name of one file of `rows`. Each row has a local OSS of its own.

const folder = await mkdtemp(join(tmpdir(), 'oss-scale-program-'))
let oss: LocalOss | undefined
// Gigabytes are not left behind, whoever ends this.
const cleanUp = async () => {
  await oss?.stop()
  await rm(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().then(() => process.exit(130)))

const wanted = process.argv.slice(2)
const names = (await readdir(new URL('rows', import.meta.url))).map((file) => file.replace(/\.ts$/, '')).sort()
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}; there are ${names.join(', ')}`)

console.log('The local OSS is built, packed and installed …')
const program = await installLocalOss(folder)
const table: Record<string, string>[] = []
for (const name of names.filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const { row } = (await import(`./rows/${name}.ts`)) as { row: Row }
  table.push(...(await measure(row)))
}
await cleanUp()
console.table(table)
if (table.some(({ held }) => held?.startsWith('NO'))) process.exitCode = 1

async function measure(row: Row): Promise<Record<string, string>[]> {
  console.log(`${row.name} …`)
  oss = await startLocalOss(program, row.flags)
  try {
    await row.prepare?.(oss)
    const startedAt = performance.now()
    const figures = await row.run(oss)
    const seconds = (performance.now() - startedAt) / 1000
    const speed: Figure[] =
      row.bytes === undefined ? [] : [{ of: 'speed', value: row.bytes / MiB / seconds, unit: 'MiB/s' }]
    return [...figures, ...speed].map((figure) => ({ row: row.name, ...lineOf(figure) }))
  } catch (error) {
    return [{ row: row.name, held: `NO: ${error instanceof Error ? error.message : error}` }]
  } finally {
    await oss.stop()
  }
}

function lineOf({ of, value, unit, most }: Figure): Record<string, string> {
  const measured = { of, measured: `${value.toFixed(0)} ${unit}` }
  return most === undefined ? measured : { ...measured, limit: `${most} ${unit}`, held: value <= most ? 'yes' : 'NO' }
}
