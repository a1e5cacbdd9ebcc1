import { putBytes } from '../bytes.ts'
import { watchMemory } from '../local-oss.ts'
import { GiB, type Row } from '../row.ts'

export const row: Row = {
  name: 'PutObject of 1 GiB',
  bytes: GiB,
  maxMB: 150,
  run: (oss) => watchMemory(oss, () => putBytes(oss.origin, 'large', GiB)),
}
