import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { checkPackage, createPackageFromTarballData, type Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { readImports } from '../imports.ts'
import { tarballOf } from '../packing.mjs'
import { PUBLISHED } from '../workspace.mjs'

describe.each(PUBLISHED)('the tarball of %s', (name) => {
  let tarball: Uint8Array
  let content: Package
  let manifest: Manifest
  const file = (path: string) => `/node_modules/@oss-direct/${name}/${path}`
  const files = () => content.listFiles().map((path) => posix.relative(file(''), path))
  const scripts = () => files().filter((path) => /\.(js|d\.ts)$/.test(path))

  beforeAll(async () => {
    tarball = new Uint8Array(await readFile(tarballOf(inject('tarballs'), name)))
    content = createPackageFromTarballData(tarball)
    manifest = JSON.parse(content.readFile(file('package.json')))
    console.log(`${manifest.name}: ${files().length} files, ${(tarball.length / 1024).toFixed(1)} KiB packed`)
  })

  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.slice().buffer }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  it('has types for everybody who can import ECMAScript modules', async () => {
    const analysis = await checkPackage(content)
    // What is left out is `require`, and the resolution of Node 10: they know no modules, or no `exports`.
    const problems = analysis.types ? analysis.problems : ['no types at all']
    const left = problems.filter(
      (problem) =>
        typeof problem === 'string' ||
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    )
    expect(left).toEqual([])
  })

  it('has README, licence and what was built, without tests and their stages', () => {
    const outside = files().filter((path) => !path.startsWith('dist/'))
    expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(content.readFile(file('README.md'))).toMatch(new RegExp(`^# @oss-direct/${name}\n`))
    const built = files().filter((path) => path.startsWith('dist/'))
    expect(built.filter((path) => !/\.(js|d\.ts|css|html|svg)$/.test(path))).toEqual([])
    expect(built.filter((path) => /\b(test|fixture|stage|stories)\b/.test(path))).toEqual([])
    const mapped = scripts().filter((path) => content.readFile(file(path)).includes('sourceMappingURL='))
    expect(mapped).toEqual([])
  })

  it('says what it is, and asks for nothing of the workspace', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      license: 'Apache-2.0',
      description: expect.stringMatching(/\w{3}/),
    })
    expect(Object.keys(manifest).filter((key) => /repository|homepage|bugs|author|scripts|private/.test(key))).toEqual(
      [],
    )
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|src\//)
  })

  it('lets bundlers leave out what nobody imports, but no stylesheet', () => {
    const hasStylesheet = Object.keys(manifest.exports).some((path) => path.endsWith('.css'))
    const kept = [manifest.sideEffects].flat()
    expect(kept).not.toContain(undefined)
    expect(kept.includes('**/*.css')).toBe(hasStylesheet)
  })

  it('imports only what it has, or asks for', () => {
    const asked = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const missing = scripts().flatMap((path) => {
      const targets = namedBy(path, content.readFile(file(path)))
      return targets.filter((target) => !isThere(path, target, asked)).map((target) => `${path}: ${target}`)
    })
    expect(missing).toEqual([])
  })

  function isThere(from: string, target: string, asked: readonly string[]): boolean {
    if (!target.startsWith('.')) return isBuiltin(target) || asked.includes(packageOf(target))
    const path = posix.join(posix.dirname(from), target)
    // Declarations name the sources they were made of; TypeScript then looks for the declarations of these.
    const declared = from.endsWith('.d.ts') ? path.replace(/\.tsx?$/, '.d.ts') : path
    return content.fileExists(file(declared)) || content.directoryExists(file(declared))
  }
})

interface Manifest {
  name: string
  exports: Record<string, unknown>
  sideEffects?: false | string[]
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** What a module names: its imports, and files by their URL; in a declaration types that are imported within a line. */
function namedBy(path: string, source: string): string[] {
  const imported = readImports(path, source).map(({ specifier }) => specifier)
  const elsewhere = path.endsWith('.d.ts')
    ? /\bimport\("([^"]+)"\)/g
    : /new URL\(["'](\.[^"']+)["'], import\.meta\.url\)/g
  return [...imported, ...[...source.matchAll(elsewhere)].map(([, target = '']) => target)]
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
