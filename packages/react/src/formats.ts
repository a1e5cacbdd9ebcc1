/** Numbers, sizes, times and choices as a locale writes them. */
export interface Formats {
  locale: string
  number(value: number): string
  /** `48.0 MiB`: powers of 1024, like the server's own sentences, so that a limit reads the same in both. */
  bytes(bytes: number): string
  /** From 0 to 1. Never rounds up to 100 % what is not whole. */
  percent(fraction: number): string
  /** `4s`, `2m 5s`, `1h 3m`: two units at most. */
  duration(ms: number): string
  dateTime(date: Date): string
  /** `images, PNG or PDF` */
  anyOf(items: readonly string[]): string
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function createFormats(locale: string): Formats {
  const whole = new Intl.NumberFormat(locale)
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent' })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const anyOf = new Intl.ListFormat(locale, { type: 'disjunction' })
  const unit = (name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: 0 })
  const [hours, minutes, seconds] = [unit('hour'), unit('minute'), unit('second')]

  return {
    locale,
    number: (value) => whole.format(value),
    bytes(bytes) {
      const exponent = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
      const value = exponent === 0 ? whole.format(bytes) : tenths.format(bytes / 1024 ** exponent)
      return `${value} ${UNITS[exponent]}`
    },
    percent: (fraction) => percent.format(Math.floor(Math.min(Math.max(fraction, 0), 1) * 100 + 1e-9) / 100),
    duration(ms) {
      const total = Math.max(1, Math.round(ms / 1000))
      if (total < 60) return seconds.format(total)
      if (total < 3600) return twoUnits(minutes, Math.floor(total / 60), seconds, total % 60)
      return twoUnits(hours, Math.floor(total / 3600), minutes, Math.floor((total % 3600) / 60))
    },
    dateTime: (date) => dateTime.format(date),
    anyOf: (items) => anyOf.format(items),
  }
}

function twoUnits(first: Intl.NumberFormat, large: number, second: Intl.NumberFormat, small: number): string {
  return small === 0 ? first.format(large) : `${first.format(large)} ${second.format(small)}`
}
