import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { describe, expect, it } from 'vitest'
import { root } from './workspace.mjs'

// What a page loads before anybody has dropped a file: minified, gzipped, React not counted. What is loaded later, when it is
// needed (parts, the journal, thumbnails), is told apart.

const KiB = 1024
const REACT = /^react(-dom)?(\/|$)/

describe('what an app that embeds it loads at first', () => {
  it('a dropzone without looks, with the uploader: at most 16 KiB', { timeout: 120_000 }, async () => {
    const { initial, later } = await weigh(`
      export { createUploadHooks } from '@oss-direct/react'
      export { createUploader } from '@oss-direct/uploader'`)
    expect(later).toContain('send-parts')
    expect(initial).toBeLessThanOrEqual(16 * KiB)
  })

  it('all of it, looks and both languages: at most 22 KiB more than the uploader alone', {
    timeout: 120_000,
  }, async () => {
    const uploader = `export { createUploader } from '@oss-direct/uploader'`
    const alone = await weigh(uploader)
    const { initial, later } = await weigh(`${uploader}; export { createUploadReact } from '@oss-direct/react'`)
    expect(later).toContain('small-pictures')
    expect(initial - alone.initial).toBeLessThanOrEqual(22 * KiB)
  })

  it('its stylesheet: at most 4 KiB', { timeout: 60_000 }, async () => {
    const { css } = await weigh(`import '@oss-direct/react/styles.css'`)
    expect(css).toBeGreaterThan(KiB)
    expect(css).toBeLessThanOrEqual(4 * KiB)
  })
})

interface Weights {
  /** Bytes of the entry and of all that it imports. */
  initial: number
  css: number
  /** Names of what is imported when it is needed. */
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
      // A library, so that nothing of Vite's own is put into it.
      lib: { entry, formats: ['es'], fileName: 'entry' },
      rolldownOptions: { external: REACT, output: { minify: true } },
    },
  })
  const output = (Array.isArray(built) ? built : [built]).flatMap((result) => ('output' in result ? result.output : []))
  const chunks = output.filter((file) => file.type === 'chunk')
  const css = output.filter((file) => file.type === 'asset').find(({ fileName }) => fileName.endsWith('.css'))
  const initial = chunks.filter(({ isEntry }) => isEntry)
  for (const chunk of initial) {
    // It grows while it is walked.
    initial.push(...chunks.filter((other) => chunk.imports.includes(other.fileName) && !initial.includes(other)))
  }
  return {
    initial: sum(initial),
    css: css === undefined ? 0 : gzipSync(css.source, { level: 9 }).length,
    later: chunks.filter((chunk) => !initial.includes(chunk)).map(({ name }) => name),
  }
}

function sum(chunks: Rolldown.OutputChunk[]): number {
  return chunks.reduce((bytes, { code }) => bytes + gzipSync(code, { level: 9 }).length, 0)
}
