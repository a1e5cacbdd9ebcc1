import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Import, readImports } from './imports.ts'
import { root } from './workspace.mjs'

// The package graph: each may import only what stands in its row. Arrows point down; the one exception is the type of
// the demo routes, which the web app takes from the demo server with `import type`.
const ALLOWED: Record<string, readonly string[]> = {
  'packages/shared': [],
  'packages/oss': [],
  'packages/emulator': ['packages/oss'],
  'packages/server': ['packages/oss', 'packages/shared'],
  'packages/cli': ['packages/oss', 'packages/server'],
  'packages/uploader': ['packages/shared'],
  'packages/react': ['packages/uploader', 'packages/shared'],
  'apps/server': ['packages/server', 'packages/oss'],
  'apps/web': ['packages/react', 'packages/uploader', 'packages/shared'],
}
const TYPE_ONLY: Record<string, readonly string[]> = { 'apps/web': ['apps/server'] }
// Tests start the real thing, so they may also import these, which are then devDependencies.
const IN_TESTS: Record<string, readonly string[]> = {
  'packages/cli': ['packages/emulator'],
  'packages/server': ['packages/emulator'],
  'packages/uploader': ['packages/emulator', 'packages/server', 'packages/oss'],
  'packages/react': ['packages/emulator', 'packages/server', 'packages/oss'],
  'apps/server': ['packages/emulator'],
}

const rooms = Object.keys(ALLOWED)
const manifests = new Map(rooms.map((room) => [room, readManifest(room)]))
const roomByName = new Map(rooms.map((room) => [manifests.get(room)?.name ?? '', room]))

describe('the house', () => {
  it('has a row here for every package', () => {
    const folders = ['packages', 'apps'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    )
    expect(folders.sort()).toEqual([...rooms].sort())
  })

  it.each(rooms)('%s declares only what lies below it', (room) => {
    const manifest = manifests.get(room)
    const runtime = ownRooms({ ...manifest?.dependencies, ...manifest?.peerDependencies })
    expect(runtime.filter((target) => !ALLOWED[room]?.includes(target))).toEqual([])
    const allowedInDevelopment = [ALLOWED[room], TYPE_ONLY[room], IN_TESTS[room]].flat()
    expect(
      ownRooms(manifest?.devDependencies ?? {}).filter((target) => !allowedInDevelopment.includes(target)),
    ).toEqual([])
  })

  it.each(rooms)('%s imports only what lies below it', (room) => {
    const wrong = importsOf(room).filter(({ from, specifier, typeOnly }) => {
      const target = roomOfSpecifier(specifier)
      if (target === undefined || target === room || ALLOWED[room]?.includes(target)) return false
      if (typeOnly && TYPE_ONLY[room]?.includes(target)) return false
      return !(isTest(from) && IN_TESTS[room]?.includes(target))
    })
    expect(wrong).toEqual([])
  })

  it.each(rooms)('%s reaches no other package by path, and inside itself nobody imports its face', (room) => {
    const wrong = importsOf(room).filter(({ from, specifier }) => {
      if (!specifier.startsWith('.')) return false
      const target = join(from, '..', specifier)
      return !target.startsWith(`${join(root, room)}${sep}`) || target === join(root, room, 'src', 'index.ts')
    })
    expect(wrong.filter(({ from }) => !isTest(from))).toEqual([])
  })

  it('has no import that runs round in a circle, between packages or between files', () => {
    const files = new Map<string, string[]>()
    for (const { from, specifier, typeOnly } of rooms.flatMap(importsOf)) {
      if (typeOnly || !specifier.startsWith('.')) continue
      files.set(from, [...(files.get(from) ?? []), join(from, '..', specifier)])
    }
    expect(findCircle(files)?.map((file) => relative(root, file))).toBeUndefined()
    expect(findCircle(new Map(rooms.map((room) => [room, [...(ALLOWED[room] ?? [])]])))).toBeUndefined()
  })

  it('finds a circle and an upward arrow where there is one', () => {
    expect(
      findCircle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b'])
    expect(roomOfSpecifier('@oss-direct/uploader/axios')).toBe('packages/uploader')
    expect(readImports('x.ts', "import type { A } from 'a'; export * from 'b'; const c = await import('c')")).toEqual([
      { from: 'x.ts', specifier: 'a', typeOnly: true },
      { from: 'x.ts', specifier: 'b', typeOnly: false },
      { from: 'x.ts', specifier: 'c', typeOnly: false },
    ])
  })
})

function importsOf(room: string): Import[] {
  return ['src', 'test']
    .map((folder) => join(root, room, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => readImports(file, readFileSync(file, 'utf8')))
}

function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>()
  const visit = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (finished.has(node)) return undefined
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...path, node])
      if (circle) return circle
    }
    finished.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const circle = visit(node, [])
    if (circle) return circle
  }
  return undefined
}

function roomOfSpecifier(specifier: string): string | undefined {
  const [scope, name] = specifier.split('/')
  return scope === '@oss-direct' ? roomByName.get(`${scope}/${name}`) : undefined
}

function ownRooms(dependencies: Record<string, string>): string[] {
  return Object.keys(dependencies).flatMap((name) => roomByName.get(name) ?? [])
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.includes(`${sep}test${sep}`)
}

function readManifest(room: string): Manifest {
  return JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8')) as Manifest
}

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}
