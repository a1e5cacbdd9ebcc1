import { expect, it } from 'vitest'
import { readQuery, resolveTarget } from './addressing.ts'

const rules = { domains: { 'cdn.example.com': 'photos', '*.oss.test': '*' } }

it.each([
  ['127.0.0.1:9000', '/photos/a/b', 'photos', 'a/b'],
  ['localhost:9000', '/photos', 'photos', ''],
  ['localhost:9000', '/photos/', 'photos', ''],
  ['localhost:9000', '/', '', ''],
  ['[::1]:9000', '/photos/a', 'photos', 'a'],
  ['[::1]', '/photos/a', 'photos', 'a'],
  ['oss:9000', '/photos/a', 'photos', 'a'],
  ['host.docker.internal:9000', '/photos/a', 'photos', 'a'],
  ['192.168.1.2:9000', '/photos/a', 'photos', 'a'],
  ['', '/photos/a', 'photos', 'a'],
  ['constructor', '/photos/a', 'photos', 'a'],
  ['__proto__', '/photos/a', 'photos', 'a'],
  ['photos.localhost:9000', '/a/b', 'photos', 'a/b'],
  ['PHOTOS.localhost', '/A', 'photos', 'A'],
  ['photos.oss-cn-hangzhou.aliyuncs.com', '/a', 'photos', 'a'],
  ['photos.oss-cn-hangzhou-internal.aliyuncs.com', '/', 'photos', ''],
  ['photos.oss-accelerate.aliyuncs.com', '/a', 'photos', 'a'],
  ['photos.cn-hangzhou.oss.aliyuncs.com', '/a', 'photos', 'a'],
  ['oss-cn-hangzhou.aliyuncs.com', '/photos/a', 'photos', 'a'],
  ['cn-hangzhou.oss.aliyuncs.com', '/photos/a', 'photos', 'a'],
  ['a.b.localhost', '/photos/a', 'photos', 'a'],
  ['photos.localhost.:9000', '/a', 'photos', 'a'],
  ['cdn.example.com:9000', '/a', 'photos', 'a'],
  ['CDN.example.com', '/a', 'photos', 'a'],
  ['videos.oss.test:9000', '/a', 'videos', 'a'],
  ['oss.test:9000', '/photos/a', 'photos', 'a'],
  ['a.b.oss.test', '/photos/a', 'photos', 'a'],
  ['localhost', '/photos%2Fa%2Fb', 'photos', 'a/b'],
  ['localhost', '/photos/../a', 'photos', '../a'],
  ['localhost', '/photos//a', 'photos', '/a'],
  ['localhost', '/photos/a+b%2Bc%20d', 'photos', 'a b+c d'],
  ['localhost', '/photos/%E7%8C%AB', 'photos', '猫'],
  ['localhost', '/photos/ç\x8c«', 'photos', '猫'],
  ['localhost', '/photos/%EF%BB%BFa', 'photos', '\uFEFFa'],
  ['localhost', '/photos/%00%01%7F', 'photos', '\0\x01\x7f'],
  ['localhost', '/photos/a%3Fb%23c%25d/', 'photos', 'a?b#c%d/'],
  ['localhost', '/photos/a/./b//../', 'photos', 'a/./b//../'],
  ['localhost', '/..%2F..%2Fetc/passwd', '..', '../etc/passwd'],
  ['localhost', '/C:%5Cwindows', 'C:\\windows', ''],
])('%s %s is bucket %j, key %j', (host, path, bucket, key) => {
  expect(resolveTarget(host, path, rules)).toEqual({ bucket, key })
})

it.each([
  ['/photos/%', 'half an escape'],
  ['/%zz', 'no hex digits'],
  ['/photos/%E7%8C', 'half a character'],
  ['/photos/ç\x8c', 'half a character, unescaped'],
  ['/photos/%FF', 'a byte that UTF-8 does not have'],
  ['/photos/%C0%AF', 'a slash in two bytes'],
  ['/photos/%ED%A0%80', 'half a surrogate pair'],
])('%s is no path: %s', (path) => {
  expect(resolveTarget('localhost', path, rules)).toBeUndefined()
})

it('reads a query in order, a name without value as an empty one', () => {
  expect(readQuery('uploads&a=1&b=%2F%20&a=2')).toEqual([
    ['uploads', ''],
    ['a', '1'],
    ['b', '/ '],
    ['a', '2'],
  ])
  expect(readQuery('prefix=ç\x8c«')).toEqual([['prefix', '猫']])
})
