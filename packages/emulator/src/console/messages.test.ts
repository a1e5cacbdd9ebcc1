import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('./page/', import.meta.url)
const { messages } = (await import(new URL('messages.js', folder).href)) as {
  messages: Record<'en' | 'zh-CN', Record<string, string>>
}
const { en, 'zh-CN': zhCn } = messages
const blanks = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort()

it('are the same in both languages, blanks included', () => {
  expect(Object.keys(zhCn)).toEqual(Object.keys(en))
  for (const [name, text] of Object.entries(en)) {
    expect(zhCn[name]?.trim(), name).toBeTruthy()
    expect(blanks(zhCn[name]), name).toEqual(blanks(text))
  }
})

it('are all used, and none is missing that is', () => {
  const source = readdirSync(folder)
    .filter((name) => name.endsWith('.js') && !name.startsWith('messages'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  const asked = [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, name = '']) => name)
  expect(asked.filter((name) => !Object.hasOwn(en, name))).toEqual([])
  // Put together from the name of a section, a connection, a column or a fault.
  const quoted = new Set([...source.matchAll(/'([^'\n]+)'/g)].map(([, text = '']) => text))
  const isMade = (name: string) =>
    quoted.has(name) ||
    name
      .split('.')
      .slice(1, 2)
      .every((part) => quoted.has(part))
  expect(Object.keys(en).filter((name) => !asked.includes(name) && !isMade(name))).toEqual([])
})
