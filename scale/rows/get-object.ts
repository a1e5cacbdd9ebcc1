import { createHash } from 'node:crypto'
import { checkDigest, putBytes, signed } from '../bytes.ts'
import { type LocalOss, watchMemory } from '../local-oss.ts'
import { GiB, type Row } from '../row.ts'

export const row: Row = {
  name: 'GetObject of 1 GiB',
  bytes: GiB,
  prepare: ({ origin }) => putBytes(origin, 'large', GiB),
  run: (oss) => watchMemory(oss, 150, () => download(oss)),
}

async function download({ origin }: LocalOss): Promise<void> {
  const answer = await fetch(`${origin}/photos/large`, { headers: signed('GET', 'large') })
  const md5 = createHash('md5')
  for await (const chunk of answer.body ?? []) md5.update(chunk)
  checkDigest(answer.headers.get('etag'), md5.digest('hex').toUpperCase())
}
