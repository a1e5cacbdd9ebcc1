import { describe, expect, it } from 'vitest'
import { createNonces } from './nonces.ts'

describe('nonces', () => {
  const now = new Date('2026-03-01T08:00:00Z')
  const time = (minutes: number) => {
    const at = new Date(now.getTime() + minutes * 60_000)
    return { now: at, until: new Date(at.getTime() + 30 * 60_000) }
  }

  it('count once for each key, until their call is too old anyway', () => {
    const nonces = createNonces()
    nonces.use('ak', 'n', time(0))
    nonces.use('other', 'n', time(0))
    expect(() => nonces.use('ak', 'n', time(30))).toThrow(expect.objectContaining({ code: 'SignatureNonceUsed' }))
    nonces.use('ak', 'n', time(31))
  })

  it('are finite in number: the next one waits, none is forgotten early', () => {
    const nonces = createNonces(2)
    nonces.use('ak', '1', time(0))
    nonces.use('ak', '2', time(1))
    expect(() => nonces.use('ak', '3', time(2))).toThrow(expect.objectContaining({ code: 'Throttling', status: 400 }))
    expect(() => nonces.use('ak', '1', time(2))).toThrow(expect.objectContaining({ code: 'SignatureNonceUsed' }))
    nonces.use('ak', '3', time(30.5))
  })
})
