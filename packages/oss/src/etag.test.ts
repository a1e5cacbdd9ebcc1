import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { etagOfMd5, multipartEtag } from './etag.ts'
import { readVectors } from './vector.fixture.ts'

interface Md5Vector {
  kind: 'crc64-ecma' | 'content-md5' | 'multipart-etag'
  input: { utf8?: string; partEtags?: string[] }
  expected: { base64?: string; etag?: string }
}
const vectors = readVectors<Md5Vector>('digests.json')

it.each(vectors.filter(({ kind }) => kind === 'content-md5'))('vector $id', ({ input, expected }) => {
  const md5 = createHash('md5')
    .update(input.utf8 ?? 'absent')
    .digest()
  expect(md5.toString('base64')).toBe(expected.base64)
  expect(`"${etagOfMd5(md5)}"`).toBe(expected.etag)
})

it.each(vectors.filter(({ kind }) => kind === 'multipart-etag'))('vector $id', ({ input, expected }) => {
  expect(`"${multipartEtag(input.partEtags ?? [])}"`).toBe(expected.etag)
})
