import { expect, it, vi } from 'vitest'
import { createVisitors } from './visitor.ts'

const compared = vi.hoisted(() => [] as [number, number][])
vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>()
  return {
    ...crypto,
    timingSafeEqual(a: Buffer, b: Buffer) {
      compared.push([a.length, b.length])
      return crypto.timingSafeEqual(a, b)
    },
  }
})

it('the signature of a cookie is compared in constant time, with every secret', () => {
  const visitors = createVisitors(['the secret of this year', 'the secret of last year'], {
    secure: false,
    limitedBy: 'cookie',
  })
  const cookie = `visitor=${'0'.repeat(32)}.${'A'.repeat(43)}`
  expect(visitors.identify({ headers: { cookie } })).toBeNull()
  expect(compared).toEqual([
    [43, 43],
    [43, 43],
  ])
})
