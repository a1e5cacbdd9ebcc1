import { putBytes } from '../bytes.ts'
import { watchMemory } from '../local-oss.ts'
import { GiB, type Row } from '../row.ts'

export const row: Row = {
  name: 'PutObject of 1 GiB',
  bytes: GiB,
  run: (oss) => watchMemory(oss, 150, () => putBytes(oss.origin, 'large', GiB)),
}
