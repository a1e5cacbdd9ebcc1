import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from './workspace.mjs'

// What an app gets by embedding this: minified, gzipped, React not counted. `first` is what has to be there before a page can
// show a dropzone and take files. `ever` is that and all the rest: what sends files and what keeps them over a reload, loaded
// beside the page as soon as there is an uploader; parts, thumbnails and their worker, loaded when they are needed.

const KiB = 1024
const REACT = /^react(-dom)?(\/|$)/
const uploader = `export { createUploader } from '@oss-direct/uploader'`

// Vitest says `test`, and then JSX brings the names of its files with it.
vi.stubEnv('NODE_ENV', 'production')

describe.each([
  { what: 'the uploader', source: uploader, first: 8, ever: 16.5, later: ['keeping', 'send-parts', 'sending'] },
  {
    what: 'a dropzone without looks, with the uploader',
    source: `${uploader}; export { createUploadHooks } from '@oss-direct/react'`,
    first: 16,
    ever: 19.25,
    later: ['keeping', 'send-parts', 'sending'],
  },
  {
    what: 'all of it, looks and both languages',
    source: `${uploader}; export { createUploadReact } from '@oss-direct/react'`,
    first: 30,
    ever: 38.5,
    later: ['keeping', 'picture-worker', 'send-parts', 'sending', 'small-pictures'],
  },
])('$what', ({ source, first, ever, later }) => {
  let weights: Weights
  beforeAll(async () => {
    weights = await weigh(source)
  }, 120_000)

  it(`weighs at most ${first} KiB before it can take files`, () => {
    expect(weights.first).toBeGreaterThan(KiB)
    expect(weights.first).toBeLessThanOrEqual(first * KiB)
  })

  it(`weighs at most ${ever} KiB with everything that it ever loads: ${later.join(', ')}`, () => {
    expect(weights.later).toEqual(later)
    expect(weights.ever).toBeLessThanOrEqual(ever * KiB)
  })
})

it('the stylesheet weighs at most 4 KiB', { timeout: 60_000 }, async () => {
  const { css } = await weigh(`import '@oss-direct/react/styles.css'`)
  expect(css).toBeGreaterThan(KiB)
  expect(css).toBeLessThanOrEqual(4 * KiB)
})

interface Weights {
  /** Bytes of the entry and of all that it imports. */
  first: number
  ever: number
  css: number
  /** Names of what is loaded later, from A to Z. */
  later: string[]
}

async function weigh(source: string): Promise<Weights> {
  // There is no such file; from its place the packages are found.
  const entry = join(root, 'packages/react/entry.ts')
  const built = await build({
    root: join(root, 'packages/react'),
    configFile: false,
    logLevel: 'error',
    plugins: [
      { name: 'entry', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? source : null) },
    ],
    build: {
      write: false,
      target: 'es2022',
      // A library, so that nothing of Vite's own is put into it, and otherwise as apps are built: what later parts share with
      // the entry stays in the entry, and marks for other bundlers are left out.
      lib: { entry, formats: ['es'], fileName: 'entry' },
      rolldownOptions: {
        external: REACT,
        preserveEntrySignatures: 'allow-extension',
        output: { minify: true, comments: false },
      },
    },
  })
  const output = (Array.isArray(built) ? built : [built]).flatMap((result) => ('output' in result ? result.output : []))
  const chunks = output.filter((file) => file.type === 'chunk')
  const assets = output.filter((file) => file.type === 'asset')
  const workers = assets.filter(({ fileName }) => fileName.endsWith('.js'))
  const initial = chunks.filter(({ isEntry }) => isEntry)
  for (const chunk of initial) {
    // It grows while it is walked.
    initial.push(...chunks.filter((other) => chunk.imports.includes(other.fileName) && !initial.includes(other)))
  }
  const later = [...chunks.filter((chunk) => !initial.includes(chunk)), ...workers]
  return {
    first: sum(initial),
    ever: sum([...chunks, ...workers]),
    css: sum(assets.filter(({ fileName }) => fileName.endsWith('.css'))),
    later: later.map(nameOf).sort(),
  }
}

function sum(files: (Rolldown.OutputChunk | Rolldown.OutputAsset)[]): number {
  return files.reduce(
    (bytes, file) => bytes + gzipSync('code' in file ? file.code : file.source, { level: 9 }).length,
    0,
  )
}

function nameOf(file: Rolldown.OutputChunk | Rolldown.OutputAsset): string {
  return 'code' in file ? file.name : (/([\w-]+?)-[\w-]{8}\.js$/.exec(file.fileName)?.[1] ?? file.fileName)
}
