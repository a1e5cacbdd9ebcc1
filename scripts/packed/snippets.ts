import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.mjs'

/**
 * The code of a README in one language, block by block, as a reader copies it. Blocks that import nothing are fragments of
 * programs and left out; a diff is no program.
 */
export function snippetsOf(readme: string, language: 'ts' | 'tsx'): string[] {
  return blocksOf(readme, language).filter((code) => /^import /m.test(code))
}

/** The changes that a README tells to make. */
export function diffsOf(readme: string): string[] {
  return blocksOf(readme, 'diff')
}

/** Makes the changes of a diff that has no lines of context. Throws where a line that it takes away is not there. */
export function applyDiff(code: string, diff: string): string {
  let changed = code
  for (const [hunk] of diff.matchAll(/^(?:-.*\n)+(?:\+.*\n)*/gm)) {
    const lines = (sign: string) => hunk.match(new RegExp(`(?<=^\\${sign}).*\n`, 'gm'))?.join('') ?? ''
    if (!changed.includes(lines('-'))) throw new Error(`The diff takes away what is not there: ${lines('-')}`)
    changed = changed.replace(lines('-'), () => lines('+'))
  }
  return changed
}

function blocksOf(readme: string, language: string): string[] {
  const markdown = readFileSync(join(root, readme), 'utf8')
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code = '']) =>
    name === language ? [code] : [],
  )
}
