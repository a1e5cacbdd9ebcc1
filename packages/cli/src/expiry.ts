import { InvalidArgumentError } from 'commander'

const UNITS = { h: 60 * 60_000, d: 24 * 60 * 60_000 } as const

/** `90d`, `12h`, `2027-01-31`, `2027-01-31T12:00:00Z` or `never`. Throws InvalidArgumentError. */
export function readExpiry(text: string): Date | 'never' {
  if (text === 'never') return text
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)
  const time =
    unit === undefined ? (isDate ? new Date(text) : undefined) : later(Number(count), unit as keyof typeof UNITS)
  if (time !== undefined && time.getTime() > Date.now()) return time
  throw new InvalidArgumentError('It must be 90d, 12h, a date to come such as 2027-01-31, or never.')
}

function later(count: number, unit: keyof typeof UNITS): Date {
  return new Date(Date.now() + count * UNITS[unit])
}
