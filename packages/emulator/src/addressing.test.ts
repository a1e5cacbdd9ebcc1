import { expect, it } from 'vitest'
import { readQuery, resolveTarget } from './addressing.ts'

const rules = { domains: { 'cdn.example.com': 'photos' } }

it.each([
  ['127.0.0.1:9000', '/photos/a/b', 'photos', 'a/b'],
  ['localhost:9000', '/photos', 'photos', ''],
  ['localhost:9000', '/photos/', 'photos', ''],
  ['localhost:9000', '/', '', ''],
  ['[::1]:9000', '/photos/a', 'photos', 'a'],
  ['emulator:9000', '/photos/a', 'photos', 'a'],
  ['photos.localhost:9000', '/a/b', 'photos', 'a/b'],
  ['PHOTOS.localhost', '/A', 'photos', 'A'],
  ['photos.oss-cn-hangzhou.aliyuncs.com', '/a', 'photos', 'a'],
  ['photos.oss-cn-hangzhou-internal.aliyuncs.com', '/', 'photos', ''],
  ['oss-cn-hangzhou.aliyuncs.com', '/photos/a', 'photos', 'a'],
  ['cdn.example.com:9000', '/a', 'photos', 'a'],
  ['localhost', '/photos%2Fa%2Fb', 'photos', 'a/b'],
  ['localhost', '/photos/../a', 'photos', '../a'],
  ['localhost', '/photos//a', 'photos', '/a'],
  ['localhost', '/photos/a+b%2Bc%20d', 'photos', 'a b+c d'],
  ['localhost', '/photos/%E7%8C%AB', 'photos', '猫'],
])('%s %s is bucket %j, key %j', (host, path, bucket, key) => {
  expect(resolveTarget(host, path, rules)).toEqual({ bucket, key })
})

it.each(['/photos/%', '/photos/%E7%8C', '/%zz'])('%s is no path', (path) => {
  expect(resolveTarget('localhost', path, rules)).toBeUndefined()
})

it('reads a query in order, a name without value as an empty one', () => {
  expect(readQuery('uploads&a=1&b=%2F%20&a=2')).toEqual([
    ['uploads', ''],
    ['a', '1'],
    ['b', '/ '],
    ['a', '2'],
  ])
})
