import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './workspace.mjs'

const english = readFileSync(join(root, 'README.md'), 'utf8')
const chinese = readFileSync(join(root, 'README.zh-CN.md'), 'utf8')

describe('the README in Chinese says the same', () => {
  it.each([
    ['code', /^```.*?^```$/gms],
    ['headings', /^#+(?= )/gm],
    ['rows of tables', /^\|(?=.*\|$)/gm],
    ['items', /^- /gm],
    ['figures', /(?<=\| )[\d.]+(?= +\|$)/gm],
  ])('%s', (_, pattern) => {
    expect(chinese.match(pattern)).toEqual(english.match(pattern))
  })

  it('links, but for the two to each other', () => {
    const links = (text: string) => [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link)
    const rest = (text: string) => links(text).filter((link) => !/^README/.test(link ?? ''))
    expect(rest(chinese)).toEqual(rest(english))
  })
})

it.each([...new Set([english, chinese].flatMap((text) => text.match(/(?<=\]\()(?!http)[^)#]+(?=\))/g) ?? []))])(
  'the READMEs lead to %s',
  (link) => expect(existsSync(join(root, link))).toBe(true),
)
