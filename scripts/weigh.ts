import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { root } from './workspace.mjs'

// What an app gets by embedding something: minified, gzipped, React not counted.

const KiB = 1024
const REACT = /^react(-dom)?(\/|$)/
const uploader = `export { createUploader } from '@oss-direct/uploader'`

/**
 * What we promise of ourselves, in KiB. `first` is what has to be there before a page can show a dropzone and take files. `ever`
 * is that and all the rest: what sends files and what keeps them over a reload, loaded beside the page as soon as there is an
 * uploader; parts, thumbnails and their worker, loaded when they are needed.
 */
export const PROMISES = [
  { what: 'the uploader', source: uploader, first: 8, ever: 17, later: ['keeping', 'send-parts', 'sending'] },
  {
    what: 'a dropzone without looks, with the uploader',
    source: `${uploader}; export { createUploadHooks } from '@oss-direct/react'`,
    first: 16,
    ever: 19.5,
    later: ['keeping', 'send-parts', 'sending'],
  },
  {
    what: 'all of it, looks and both languages',
    source: `${uploader}; export { createUploadReact } from '@oss-direct/react'`,
    first: 30,
    ever: 39,
    later: ['keeping', 'picture-worker', 'send-parts', 'sending', 'small-pictures'],
  },
] as const
export const STYLESHEET = { source: `import '@oss-direct/react/styles.css'`, css: 4 } as const

/** In KiB. */
export interface Weights {
  /** Of the entry and of all that it imports. */
  first: number
  ever: number
  css: number
  /** Names of what is loaded later, from A to Z. */
  later: string[]
}

/** `room`: the folder from whose place packages are found. */
export async function weigh(source: string, room = 'packages/react'): Promise<Weights> {
  // There is no such file.
  const entry = join(root, room, 'entry.ts')
  const built = await build({
    root: join(root, room),
    mode: 'production',
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
  const bytes = files.map((file) => gzipSync('code' in file ? file.code : file.source, { level: 9 }).length)
  return bytes.reduce((all, each) => all + each, 0) / KiB
}

function nameOf(file: Rolldown.OutputChunk | Rolldown.OutputAsset): string {
  return 'code' in file ? file.name : (/([\w-]+?)-[\w-]{8}\.js$/.exec(file.fileName)?.[1] ?? file.fileName)
}
