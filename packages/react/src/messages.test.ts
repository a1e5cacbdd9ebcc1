import { describe, expect, it } from 'vitest'
import { errorText, type Messages } from './messages.ts'
import { en } from './messages-en.ts'
import { zhCN } from './messages-zh-cn.ts'

const BYTES = { percent: '50%', sent: '1 MiB', total: '2 MiB' }
const COUNTS = { finished: 1, total: 2, done: 1, unconfirmed: 1, failed: 1, cancelled: 1 }

describe('messages', () => {
  it('are there in both languages, none missing and none too many', () => {
    // Hints are apart: in English the errors bring their own.
    const names = (messages: Messages) => Object.keys(texts(messages)).filter((name) => !name.endsWith('.hint'))
    expect(names(zhCN).sort()).toEqual(names(en).sort())
  })

  it.each([
    ['en', en],
    ['zh-CN', zhCN],
  ])('%s: none is empty, none shows a hole', (_locale, messages) => {
    for (const [name, text] of Object.entries(texts(messages))) {
      expect(text, name).toMatch(/\S/)
      expect(text, name).not.toMatch(/undefined|NaN|\[object/)
    }
  })

  it('are Chinese in Chinese', () => {
    const untranslated = Object.entries(texts(zhCN)).filter(([, text]) => !/\p{Script=Han}/u.test(text))
    expect(untranslated.map(([name]) => name)).toEqual(['ossEc'])
  })

  it('tell in Chinese what to do about every error that has a remedy', () => {
    const without = Object.entries(zhCN.errors).filter(([, { hint }]) => hint === undefined)
    expect(without.map(([code]) => code)).toEqual(['cancelled'])
  })

  it('say the same of every callback error', () => {
    expect(errorText(en, 'callback-ticket-expired')).toBe(en.errors.callback)
    expect(errorText(en, 'file-too-large')).toBe(en.errors['file-too-large'])
  })

  it('know one from many', () => {
    expect(en.announceAdded(1)).toBe('1 file added')
    expect(en.announceAdded(1200)).toBe('1,200 files added')
    expect(en.announceDone(1, 'cat.png')).toBe('cat.png uploaded')
    expect(en.digest({ done: 18, unconfirmed: 0, failed: 2, cancelled: 0, unfinished: 0 })).toBe('18 done, 2 failed')
  })
})

/** Every text by its path, functions called. */
function texts(messages: Messages): Record<string, string> {
  return Object.fromEntries(flatten(messages, ''))
}

function flatten(value: object, path: string): [string, string][] {
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    const own = path === '' ? name : `${path}.${name}`
    if (typeof member === 'string') return [[own, member]]
    if (typeof member === 'function') return [[own, String(call(member, name))]]
    return flatten(member, own)
  })
}

function call(message: (...args: unknown[]) => unknown, name: string): unknown {
  if (name === 'sending' || name === 'progress') return message(BYTES)
  if (name === 'uploading' || name === 'digest') return message(COUNTS)
  return message.length <= 1 ? message(2) : message(2, 'cat.png', 'because')
}
