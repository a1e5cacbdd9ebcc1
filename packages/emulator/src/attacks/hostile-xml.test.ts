import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { MiB } from '../stage/stage.fixture.ts'
import { startTarget } from './hostile.fixture.ts'

const target = startTarget()

describe('XML', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "${'a'.repeat(1000)}">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index} "${'&a;'.repeat(100)}">`).join('')}]><Delete>&a8;</Delete>`
  const documents: readonly [string, string][] = [
    ['a bomb', bomb],
    [
      'an entity of the file system',
      '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>',
    ],
    ['100,000 levels', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
    ['100,000 levels that never end', '<Delete>'.repeat(100_000)],
    ['10 MB of elements', `<Delete>${'<a/>'.repeat(2_500_000)}</Delete>`],
    ['10 MB of text', `<Delete>${'a'.repeat(10 * MiB)}</Delete>`],
    ['10 MB of one tag', `<${'a'.repeat(10 * MiB)}>`],
    ['1 MB of brackets', '<'.repeat(MiB)],
    ['1 MB of comments', '<!--'.repeat(MiB / 4)],
    ['nothing', ''],
    ['no XML', '{}'],
    ['no UTF-8', '\xff\xfe<\0D\0e\0l\0e\0t\0e\0/\0>\0'],
    ['another document', '<a><b>c</b></a>'],
    ['an array of JavaScript', '<__proto__><constructor/></__proto__>'],
  ]
  const calls: readonly [string, string, string, Record<string, string>][] = [
    ['PutBucketCors', 'PUT', '', { cors: '' }],
    ['DeleteMultipleObjects', 'POST', '', { delete: '' }],
    ['PutObjectTagging', 'PUT', 'tagged', { tagging: '' }],
    ['CompleteMultipartUpload', 'POST', 'large', { uploadId: '0'.repeat(32) }],
  ]

  it.each(calls)('of %s is refused where it is none that can be meant', async (_name, method, key, query) => {
    for (const [what, body] of documents) {
      const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
      const { status, error } = await sendSigned(target.oss, method, { key, query, headers, body })
      expect([400, 404], `${what}: ${status} ${error.code}`).toContain(status)
    }
  })
})
