import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postBytes, putBytes } from '../../scale/bytes.ts'
import { installLocalOss, startLocalOss } from '../../scale/local-oss.ts'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow } from '../bench-row.ts'
import { startFloor } from '../floor-process.ts'
import { runInTurns } from '../in-turns.ts'

const GiB = 1024 ** 3
const OURS = 'local OSS'
const FLOOR = 'floor: body to a file, MD5, CRC64, fsync'

export const group: BenchGroup = {
  about: 'PostObject of 1 GiB into the local OSS, against the same bytes into a file with their digests and a flush.',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'oss-bench-'))
    const program = join(folder, 'program')
    await mkdir(program)
    const floor = await startFloor('body-to-file', [folder])
    const oss = await startLocalOss(await installLocalOss(program))
    try {
      const speeds = await runInTurns(5, [
        { name: OURS, run: () => speed(() => postBytes(oss.origin, 'large', GiB)) },
        { name: FLOOR, run: () => speed(() => putBytes(floor.origin, 'large', GiB)) },
      ])
      const [ours = [], theirs = []] = [speeds.get(OURS), speeds.get(FLOOR)]
      const row = { name: 'PostObject of 1 GiB', rival: FLOOR, unit: 'MiB/s', ours, theirs, target: 0.6 } as const
      return { rows: [benchRow('emulator', row)] }
    } finally {
      await floor.stop()
      await oss.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** In MiB a second. */
async function speed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return 1024 / ((performance.now() - startedAt) / 1000)
}
