import { describe, expect, it, vi } from 'vitest'
import { createTickets } from './ticket.ts'

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

const claim = { id: 'u1', key: 'demo/u1.txt' }
const deadline = new Date('2026-01-02T00:00:00Z')
const now = new Date('2026-01-01T00:00:00Z')
const [oldSecret, newSecret] = ['the secret of last year', 'the secret of this year']

describe('a ticket', () => {
  const tickets = createTickets([oldSecret])
  const ticket = tickets.sign(claim, deadline)

  it('holds for its record and key until its deadline', () => {
    expect(() => tickets.verify(ticket, claim, deadline)).not.toThrow()
    expect(() => tickets.verify(ticket, claim, new Date(deadline.getTime() + 1))).toThrow(
      expect.objectContaining({
        code: 'callback-ticket-expired',
        message: 'The ticket ended at 2026-01-02T00:00:00.000Z',
      }),
    )
  })

  it('stands as it is in forms, JSON and callback templates', () => {
    expect(ticket).toMatch(/^[\w.-]+$/)
  })

  it.each([
    ['another record', ticket, { ...claim, id: 'u2' }],
    ['another key', ticket, { ...claim, key: 'demo/u1.html' }],
    ['id and key cut elsewhere', ticket, { id: 'u1\n', key: claim.key }],
    ['a later deadline', ticket.replace(/\.\d+\./, '.9999999999.'), claim],
    ['a shorter signature', ticket.slice(0, -1), claim],
    ['an altered signature', ticket.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')), claim],
    ['text around it', `${ticket} `, claim],
    ['another version', ticket.replace('t1', 't2'), claim],
    ['nothing', '', claim],
  ])('is refused for %s', (_case, given, for_) => {
    expect(() => tickets.verify(given, for_, now)).toThrow(expect.objectContaining({ code: 'callback-ticket-invalid' }))
  })

  it.each([
    ['right', ticket],
    ['wrong at once', ticket.replace(/.{43}$/, (mac) => mac.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')))],
    ['wrong at its end', ticket.replace(/..$/, 'AA')],
  ])('that is %s is compared in constant time, with every secret', (_case, given) => {
    compared.length = 0
    try {
      createTickets([oldSecret, newSecret]).verify(given, claim, now)
    } catch {
      // What it throws is the business of others.
    }
    expect(compared).toEqual([
      [32, 32],
      [32, 32],
    ])
  })

  it('outlives a change of the secret while the old one is still listed', () => {
    expect(() => createTickets([newSecret, oldSecret]).verify(ticket, claim, now)).not.toThrow()
    expect(() => createTickets([newSecret]).verify(ticket, claim, now)).toThrow('no ticket of ours')
    const fresh = createTickets([newSecret, oldSecret]).sign(claim, deadline)
    expect(() => tickets.verify(fresh, claim, now)).toThrow('no ticket of ours')
  })
})
