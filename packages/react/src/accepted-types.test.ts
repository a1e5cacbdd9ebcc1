import { describe, expect, it } from 'vitest'
import { describeTypes } from './accepted-types.ts'
import { resolveLanguage } from './language.tsx'

describe('accepted types, as people say them', () => {
  it.each([
    ['en', ['image/*', '.pdf'], 'images or PDF'],
    ['zh-CN', ['image/*', '.pdf'], '图片或PDF'],
    ['en', ['image/png', 'image/x-png', 'image/svg+xml'], 'PNG or SVG'],
    ['en', ['font/*', 'model/*'], 'font or model'],
    ['en', ['application/vnd.ms-excel.sheet.macroEnabled.12'], 'application/vnd.ms-excel.sheet.macroenabled.12'],
  ])('%s: %j', (locale, accept, text) => {
    const { messages, formats } = resolveLanguage(locale)
    expect(describeTypes(accept, messages, formats)).toBe(text)
  })
})
