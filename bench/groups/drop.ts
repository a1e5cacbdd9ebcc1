import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installLocalOss, startLocalOss } from '../../scale/local-oss.ts'
import { row } from '../../scale/rows/many-files.ts'
import type { BenchGroup } from '../bench-group.ts'
import { limitRow } from '../bench-row.ts'

export const group: BenchGroup = {
  about:
    'A folder of 10,000 files goes over the dropzone of the reference app, is scrolled through, and sent to the last one; as `npm run test:scale -- many-files` does it. Of tasks below 50 ms Chromium does not tell: 0 says that there was no longer one.',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'oss-bench-drop-'))
    const oss = await startLocalOss(await installLocalOss(folder), row.flags)
    try {
      const figures = await row.run(oss)
      return {
        rows: figures.flatMap(({ of, value, unit, most }) =>
          most === undefined ? [] : [limitRow('drop', { name: of, unit, measured: value, limit: most })],
        ),
      }
    } finally {
      await oss.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}
