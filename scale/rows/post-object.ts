import { postBytes } from '../bytes.ts'
import { GiB, type Row } from '../row.ts'

export const row: Row = {
  name: 'PostObject of 1 GiB',
  bytes: GiB,
  maxMB: 150,
  run: ({ origin }) => postBytes(origin, 'large', GiB),
}
