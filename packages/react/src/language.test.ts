import { describe, expect, it } from 'vitest'
import { resolveLanguage } from './language.tsx'
import { en } from './messages-en.ts'
import { zhCN } from './messages-zh-cn.ts'

describe('the language of a locale', () => {
  it.each(['zh', 'zh-CN', 'zh-Hans-SG', 'ZH-tw'])('%s is Chinese', (locale) => {
    expect(resolveLanguage(locale).messages).toBe(zhCN)
  })

  it.each(['en', 'en-GB', 'de', 'not a locale', '', 'zho_CN'])('%j is English', (locale) => {
    expect(resolveLanguage(locale).messages).toBe(en)
  })

  it('does not mix German numbers into English sentences', () => {
    expect(resolveLanguage('de').formats.bytes(1536)).toBe('1.5 KiB')
    expect(resolveLanguage('de', { ...en, browse: () => 'Dateien wählen' }).formats.bytes(1536)).toBe('1,5 KiB')
  })

  it('takes single texts in place of its own', () => {
    const { messages } = resolveLanguage('en', { retry: 'Once more' })
    expect([messages.retry, messages.cancel]).toEqual(['Once more', 'Cancel'])
  })
})
