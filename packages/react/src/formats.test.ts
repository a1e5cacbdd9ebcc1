import { describe, expect, it } from 'vitest'
import { createFormats } from './formats.ts'

const KiB = 1024
const MiB = 1024 * KiB

describe('formats', () => {
  it.each([
    [0, '0 B', '0 B'],
    [1023, '1,023 B', '1,023 B'],
    [1024, '1.0 KiB', '1.0 KiB'],
    [48 * MiB, '48.0 MiB', '48.0 MiB'],
    [5 * 1024 * MiB, '5.0 GiB', '5.0 GiB'],
  ])('%d bytes', (bytes, english, chinese) => {
    expect(createFormats('en').bytes(bytes)).toBe(english)
    expect(createFormats('zh-CN').bytes(bytes)).toBe(chinese)
  })

  it('writes numbers as the locale does', () => {
    expect(createFormats('de').bytes(1.5 * MiB)).toBe('1,5 MiB')
    expect(createFormats('de').number(10_000)).toBe('10.000')
  })

  it.each([
    [0, '0%'],
    [0.29, '29%'],
    [0.999, '99%'],
    [1, '100%'],
    [1.2, '100%'],
  ])('%d of the bytes is %s: never 100 before it is whole', (fraction, text) => {
    expect(createFormats('en').percent(fraction)).toBe(text)
  })

  it.each([
    [20, '1s', '1秒'],
    [4_400, '4s', '4秒'],
    [60_000, '1m', '1分钟'],
    [125_000, '2m 5s', '2分钟 5秒'],
    [3_780_000, '1h 3m', '1小时 3分钟'],
  ])('%d ms', (ms, english, chinese) => {
    expect(createFormats('en').duration(ms)).toBe(english)
    expect(createFormats('zh-CN').duration(ms)).toBe(chinese)
  })
})
