import { postBytes } from '../bytes.ts'
import { watchMemory } from '../local-oss.ts'
import { GiB, type Row } from '../row.ts'

export const row: Row = {
  name: 'PostObject of 1 GiB',
  bytes: GiB,
  run: (oss) => watchMemory(oss, 150, () => postBytes(oss.origin, 'large', GiB)),
}
