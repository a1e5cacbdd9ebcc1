import { expect, it } from 'vitest'
import { readPolicy } from './policy-lines.ts'

it('every line of a policy has its topic and its values, in the order in which they stand', () => {
  const lines = readPolicy({
    expiration: '2026-01-01T00:15:00.000Z',
    conditions: [
      { bucket: 'photos' },
      ['eq', '$key', 'demo/1.png'],
      ['content-length-range', 5, 5],
      ['content-length-range', 1, 9],
      ['eq', '$x-oss-content-type', 'image/png'],
      ['eq', '$Content-Disposition', 'attachment'],
      ['eq', '$success_action_status', '200'],
      ['eq', '$x-oss-forbid-overwrite', 'true'],
      ['eq', '$callback', '{}'],
      ['eq', '$x:note', 'a'],
      { 'x-oss-signature-version': 'OSS4-HMAC-SHA256' },
      { 'x-oss-credential': 'id/20260101/cn-hangzhou/oss/aliyun_v4_request' },
      { 'x-oss-date': '20260101T000000Z' },
      { 'x-oss-security-token': '[hidden]' },
      ['starts-with', '$key', 'demo/'],
    ],
  })
  expect(lines.map(({ topic }) => topic)).toEqual([
    ...['expiration', 'bucket', 'key', 'size', 'sizeRange', 'type', 'disposition', 'status', 'overwrite', 'callback'],
    ...['variable', 'signatureVersion', 'credential', 'date', 'token', 'keyPrefix'],
  ])
  expect(lines[2]).toEqual({ topic: 'key', condition: '["eq","$key","demo/1.png"]', values: ['demo/1.png'] })
  expect(lines[4]?.values).toEqual(['1', '9'])
})

it('what it does not know is a line all the same', () => {
  const conditions = [
    ['starts-with', '$x-oss-meta-a', ''],
    ['in', '$content-type', ['image/png']],
    5,
    null,
    {},
    ['eq'],
    { new: 1 },
  ]
  expect(readPolicy({ conditions }).map(({ topic }) => topic)).toEqual(Array(6).fill('other'))
  expect(readPolicy({})).toEqual([])
})
