import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postBytes, putBytes } from '../scale/bytes.ts'
import { installLocalOss, startLocalOss } from '../scale/local-oss.ts'
import { printComparison, quantile } from './compare.ts'

// PostObject of 1 GiB into the local OSS, against the same bytes into a file with their digests and a flush.

const GiB = 1024 ** 3
const ROUNDS = 5

const folder = await mkdtemp(join(tmpdir(), 'oss-bench-'))
const floor = spawn(
  process.execPath,
  ['--import', 'tsx', fileURLToPath(new URL('./floor-server.ts', import.meta.url)), folder],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
)
const program = join(folder, 'program')
await mkdir(program)
const oss = await startLocalOss(await installLocalOss(program))
const ours: number[] = []
const theirs: number[] = []
try {
  const [{ ready: floorOrigin }] = (await once(floor, 'message')) as [{ ready: string }]
  const post = async () => ours.push(await speed(() => postBytes(oss.origin, 'large', GiB)))
  const write = async () => theirs.push(await speed(() => putBytes(floorOrigin, 'large', GiB)))
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, because a machine that is slow for a while is then slow for both.
    for (const run of round % 2 === 0 ? [post, write] : [write, post]) await run()
  }
} finally {
  floor.kill()
  await oss.stop()
  await rm(folder, { recursive: true, force: true })
}

const ratios = ours.map((own, round) => own / (theirs[round] ?? Number.NaN))
const floorName = 'floor: body to a file, MD5, CRC64, fsync'
printComparison(
  'PostObject of 1 GiB (operations of 1 MiB)',
  [
    { name: 'oss-emulator PostObject', median: quantile(ours, 0.5), ratio: { median: 1, low: 1, high: 1 } },
    {
      name: floorName,
      median: quantile(theirs, 0.5),
      ratio: { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) },
    },
  ],
  { [floorName]: 0.6 },
)

/** In MiB a second. */
async function speed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return 1024 / ((performance.now() - startedAt) / 1000)
}
