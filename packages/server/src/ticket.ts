import { createHmac, timingSafeEqual } from 'node:crypto'
import { UploadError } from '@oss-direct/shared'

/** What a ticket is good for: this record, this key, until then. */
interface TicketClaim {
  id: string
  key: string
}

export interface Tickets {
  sign(claim: TicketClaim, deadline: Date): string
  /** Throws UploadError `callback-ticket-invalid` or `callback-ticket-expired`. */
  verify(ticket: string, claim: TicketClaim, now: Date): void
}

/**
 * Our own proof in a callback. OSS's signature is the same for all its customers; the ticket says that *we* granted this
 * very upload. Its holder can read it (policies are Base64), so it proves permission and never arrival.
 *
 * `secrets`: the first signs, all verify, so that a secret can be changed without losing uploads that are on their way.
 */
export function createTickets(secrets: readonly string[]): Tickets {
  const [signing] = secrets
  if (signing === undefined) {
    throw new TypeError('secret must hold at least one secret; make one with: openssl rand -base64 32')
  }
  const short = secrets.findIndex((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)
  if (short >= 0) {
    throw new TypeError(
      `secret ${short + 1} is shorter than ${MIN_SECRET_BYTES} bytes; make one with: openssl rand -base64 32`,
    )
  }

  return {
    sign(claim, deadline) {
      const seconds = Math.floor(deadline.getTime() / 1000)
      return `${VERSION}.${seconds}.${ticketMac(signing, claim, seconds).toString('base64url')}`
    },

    verify(ticket, claim, now) {
      const [, seconds, mac] = TICKET.exec(ticket) ?? []
      if (seconds === undefined || mac === undefined) throw invalidTicket()
      const given = Buffer.from(mac, 'base64url')
      // Every secret is tried, so that the time taken tells nothing about which one fitted.
      const fits = secrets.map((secret) => isEqual(given, ticketMac(secret, claim, Number(seconds))))
      if (!fits.includes(true)) throw invalidTicket()
      if (Number(seconds) * 1000 < now.getTime()) {
        throw new UploadError(
          'callback-ticket-expired',
          `The ticket ended at ${new Date(Number(seconds) * 1000).toISOString()}`,
          { hint: 'Upload again with a fresh grant.' },
        )
      }
    },
  }
}

/** A text with what somebody sent in it, for the log. */
export function hideTickets(text: string): string {
  return text.replaceAll(/t1\.\d{1,12}\.[\w-]{43}/g, '[ticket]')
}

const VERSION = 't1'
// Only letters, digits, `.`, `-` and `_`: the ticket stands as a literal in form-encoded and in JSON bodies alike.
const TICKET = /^t1\.(\d{1,12})\.([\w-]{43})$/
const MIN_SECRET_BYTES = 16

function ticketMac(secret: string, { id, key }: TicketClaim, seconds: number): Buffer {
  return createHmac('sha256', secret).update(`oss-direct ${VERSION}\n${id}\n${seconds}\n${key}`).digest()
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function invalidTicket(): UploadError {
  return new UploadError('callback-ticket-invalid', 'The callback carries no ticket of ours for this upload', {
    hint: 'Was UPLOADS_SECRET changed? Keep the old secret behind the new one until its uploads have ended.',
  })
}
