import { readFileSync } from 'node:fs'

const { dependencies } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>
}

/** As pinned: the page of figures names what was measured. */
export function versionOf(rival: string): string {
  const version = dependencies[rival]
  if (version === undefined) throw new Error(`${rival} is no rival: it is not among the dependencies of bench`)
  return version
}
