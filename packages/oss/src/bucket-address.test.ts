import { describe, expect, it } from 'vitest'
import { bucketAddress, objectUrl, sdkEndpoint } from './bucket-address.ts'

describe('bucketAddress', () => {
  it.each([
    ['of the region', {}, 'https://photos.oss-cn-hangzhou.aliyuncs.com'],
    ['of the region, internal', { network: 'internal' }, 'https://photos.oss-cn-hangzhou-internal.aliyuncs.com'],
    ['of the region in its old spelling', { region: 'oss-cn-hangzhou' }, 'https://photos.oss-cn-hangzhou.aliyuncs.com'],
    [
      'of an endpoint without scheme',
      { endpoint: 'oss-accelerate.aliyuncs.com' },
      'https://photos.oss-accelerate.aliyuncs.com',
    ],
    ['of an endpoint over http', { endpoint: 'http://oss.example:8080/' }, 'http://photos.oss.example:8080'],
    ['of a loopback address', { endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/photos'],
    ['of localhost', { endpoint: 'http://localhost:9000/' }, 'http://localhost:9000/photos'],
    ['of an IPv6 address', { endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000/photos'],
    ['of a domain of its own', { cname: 'cdn.example.com/' }, 'https://cdn.example.com'],
  ] as const)('%s', (_case, options, url) => {
    const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', ...options })
    expect(address).toEqual({ name: 'photos', region: 'cn-hangzhou', url })
  })
})

it.each([
  [{}, 'https://oss-cn-hangzhou.aliyuncs.com', 'virtual-host'],
  [{ endpoint: 'http://oss.example:8080/' }, 'http://oss.example:8080', 'virtual-host'],
  [{ endpoint: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000', 'path'],
  [{ cname: 'cdn.example.com/' }, 'https://cdn.example.com', 'cname'],
  [{ cname: 'photoshop.example.com' }, 'https://photoshop.example.com', 'cname'],
  [{ cname: 'photos.example.com' }, 'https://example.com', 'virtual-host'],
])('an SDK is told of %j the endpoint %s, the bucket by %s', (options, endpoint, addressing) => {
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', ...options })
  expect(sdkEndpoint(address)).toEqual({ endpoint, addressing })
})

describe('objectUrl', () => {
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou' })

  it.each([
    ['u/42/cat.jpg', '/u/42/cat.jpg'],
    ['猫 & ?#%2F.jpg', '/%E7%8C%AB%20%26%20%3F%23%252F.jpg'],
    ["a+b!'()*", '/a%2Bb%21%27%28%29%2A'],
  ])('writes %s', (key, path) => {
    expect(objectUrl(address, key)).toBe(`${address.url}${path}`)
    expect(decodeURIComponent(new URL(objectUrl(address, key)).pathname)).toBe(`/${key}`)
  })
})
