// @ts-check
import { language } from './language.js'

// Numbers and times as the reader writes them, where that is in the language of the page.
const locale = navigator.languages.find((each) => each.startsWith(language.slice(0, 2))) ?? language

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB']

/** Bytes as people read them: `1.4 MB`, in steps of 1024. */
export function formatBytes(/** @type {number} */ bytes) {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  const digits = step === 0 || value >= 100 ? 0 : 1
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })} ${UNITS[step]}`
}

/** Milliseconds below a second, seconds above. */
export function formatDuration(/** @type {number} */ ms) {
  if (ms < 1000) return `${ms} ms`
  return `${(ms / 1000).toLocaleString(locale, { maximumFractionDigits: 1 })} s`
}

export function formatCount(/** @type {number} */ count) {
  return count.toLocaleString(locale)
}

const clock = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})
const dateAndClock = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

/** `14:03:07.120`, on the reader's clock. */
export function formatClock(/** @type {string} */ iso) {
  return clock.format(new Date(iso))
}

export function formatTime(/** @type {string} */ iso) {
  return dateAndClock.format(new Date(iso))
}
