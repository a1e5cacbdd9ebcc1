import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headlineTable } from '../bench/headlines.ts'
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

  it('pictures', () => {
    expect(picturesOf(chinese)).toEqual(picturesOf(english))
    expect(picturesOf(english).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('links, but for the two to each other', () => {
    const links = (text: string) => [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link)
    const rest = (text: string) => links(text).filter((link) => !/^README/.test(link ?? ''))
    expect(rest(chinese)).toEqual(rest(english))
  })
})

it.each([
  ['en', english],
  ['zh', chinese],
] as const)('the figures in the README in %s are those of the last run of the bench', (language, readme) => {
  const rows = JSON.parse(readFileSync(join(root, 'bench/results/latest.json'), 'utf8'))
  const [, told = ''] = readme.match(/<!-- figures -->(.*)<!-- \/figures -->/s) ?? []
  const cells = (table: string) => table.trim().split(/\s*\|\s*|-{3,}/)
  expect(cells(told)).toEqual(cells(headlineTable(rows, language).join('\n')))
})

it.each([...new Set([english, chinese].flatMap((text) => text.match(/(?<=\]\()(?!http)[^)#]+(?=\))/g) ?? []))])(
  'the READMEs lead to %s',
  (link) => expect(existsSync(join(root, link))).toBe(true),
)

it.each(readdirSync(join(root, 'packages')))(
  'the README of %s, which is packed without the rest, leads nowhere else',
  (name) => {
    const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')
    expect(readme.match(/\]\((?!https:|#)[^)]*\)/g)).toBeNull()
  },
)

it('the tests that SECURITY.md names are there', () => {
  const named = readFileSync(join(root, 'SECURITY.md'), 'utf8').match(/(?<=`)[\w./-]+\.(test|spec)\.tsx?(?=`)/g) ?? []
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

it('the looks in the README of react are those that the demo offers', () => {
  const looks = readFileSync(join(root, 'apps/web/src/looks.css'), 'utf8')
  expect(readFileSync(join(root, 'packages/react/README.md'), 'utf8')).toContain(`\`\`\`css\n${looks}\`\`\``)
})

/** Also those of another theme, and for people who want no motion. */
function picturesOf(readme: string): string[] {
  return [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path = '']) => path)
}
