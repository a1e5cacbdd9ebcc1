import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installLocalOss, startLocalOss } from '../../scale/local-oss.ts'
import { GiB, type Row } from '../../scale/row.ts'
import { row as manyFiles } from '../../scale/rows/many-files.ts'
import { pageUpload } from '../../scale/rows/page-upload.ts'
import type { BenchGroup } from '../bench-group.ts'
import { type BenchRow, limitRow } from '../bench-row.ts'

export const group: BenchGroup = {
  about: [
    'A folder of 10,000 files goes over the dropzone of the reference app, is scrolled through, and sent to the last one, and the same files are then chosen in its file dialog; then one file of 4 GiB in parts; as `npm run test:scale` does both.',
    'Of tasks below 50 ms Chromium does not tell: 0 says that there was no longer one.',
  ].join(' '),
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'oss-bench-scale-'))
    try {
      const program = await installLocalOss(folder)
      const rows = [
        ...(await measureRow(program, '10,000 files', manyFiles)),
        ...(await measureRow(program, 'one file of 4 GiB', pageUpload(4 * GiB))),
      ]
      return { rows }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** With a local OSS of its own, whose folder goes with it. */
async function measureRow(program: string, what: string, { flags, run }: Row): Promise<BenchRow[]> {
  const oss = await startLocalOss(program, flags)
  try {
    return (await run(oss)).flatMap(({ of, value, unit, most }) =>
      most === undefined ? [] : [limitRow('scale', { name: `${what}: ${of}`, unit, measured: value, limit: most })],
    )
  } finally {
    await oss.stop()
  }
}
