import { describe, expect, it } from 'vitest'
import { splitName } from './file-name.tsx'

describe('a long file name', () => {
  it.each(['cat.png', '季度报告 最终版.txt', ''])('%j is short and stays whole', (name) => {
    expect(splitName(name)).toEqual([name, ''])
  })

  it('keeps its end, where the number and the extension are', () => {
    const name = 'holiday in the Dolomites, panorama 0147.jpeg'
    const [head, tail] = splitName(name)
    expect(tail).toBe(' 0147.jpeg')
    expect(head + tail).toBe(name)
  })

  it('is never cut through an emoji', () => {
    const [, tail] = splitName(`${'a'.repeat(30)}👩‍👩‍👧‍👦 family.png`)
    expect(tail).toBe('family.png')
    expect(splitName(`${'a'.repeat(30)}👩‍👩‍👧‍👦123456789`)[1]).toBe('👩‍👩‍👧‍👦123456789')
  })

  it('cannot be turned round to hide its extension', () => {
    expect(splitName('photo\u202egpj.exe')).toEqual(['photogpj.exe', ''])
  })
})
