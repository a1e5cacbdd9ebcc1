import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { installPacked } from '../packing.mjs'
import { root } from '../workspace.mjs'
import { applyDiff, diffsOf, snippetsOf } from './snippets.ts'

// A Vite + React app and an Express app as a newcomer has them: what their guides give, and the snippets of our READMEs.

/** Packages that are not ours, and their versions. */
export interface Versions {
  web: Record<string, string>
  server: Record<string, string>
  typescript: Record<string, string>
}

export interface Addresses {
  /** Where the Express app will be; it serves the built page too. */
  app: string
  /** Where Vite will serve the page while it is worked on. */
  vite: string
  /** Where the local OSS will be. */
  oss: string
}

/** The versions that this checkout is made with. */
export const NEWEST: Versions = {
  web: installedIn('apps/web', ['react', 'react-dom', '@types/react', '@types/react-dom']),
  server: installedIn('apps/server', ['express', '@types/express']),
  typescript: installedIn('.', ['typescript']),
}

/** The oldest that our packages say they work with, and the last TypeScript that is written in JavaScript. */
export const OLDEST: Versions = {
  web: {
    react: '18.2.0',
    'react-dom': '18.2.0',
    // The first whose components may return any node.
    '@types/react': '18.2.8',
    '@types/react-dom': '18.2.4',
    // What the types of React asked for then; they do not compile with later ones.
    '@types/scheduler': '0.16.3',
  },
  server: { express: '4.18.0', '@types/express': '4.17.13' },
  typescript: { typescript: '5.9.3' },
}

/** Writes and installs both apps, as `web` and `server` in a folder, with our packages from their tarballs. */
export async function makeFreshApps(folder: string, tarballs: string, versions: Versions, addresses: Addresses) {
  const [web, server] = [join(folder, 'web'), join(folder, 'server')]
  await writeFiles(web, webFiles(addresses))
  await writeFiles(server, serverFiles(addresses))
  const ours = (...names: string[]) => Object.fromEntries(names.map((name) => [`@oss-direct/${name}`, '*']))
  await Promise.all([
    installPacked(web, tarballs, {
      dependencies: { ...versions.web, ...ours('react', 'uploader') },
      devDependencies: { ...installedIn('apps/web', ['vite', '@vitejs/plugin-react']), ...versions.typescript },
    }),
    installPacked(server, tarballs, {
      dependencies: { ...versions.server, ...ours('server', 'oss') },
      devDependencies: { ...installedIn('.', ['@types/node']), ...ours('emulator') },
    }),
  ])
}

function webFiles({ app }: Addresses): Record<string, string> {
  const [dropzone = ''] = snippetsOf('README.md', 'tsx')
  const typed = snippetsOf('packages/react/README.md', 'tsx')
  return {
    'index.html': `
      <!doctype html>
      <title>Fresh</title>
      <link rel="icon" href="data:,">
      <div id="root"></div>
      <script type="module" src="/src/main.tsx"></script>`,
    'vite.config.js': `
      import react from '@vitejs/plugin-react'
      export default { plugins: [react()], server: { proxy: { '/uploads': '${app}' } } }`,
    'tsconfig.json': tsconfig({
      target: 'ES2022',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      jsx: 'react-jsx',
      types: [],
      noEmit: true,
    }),
    'src/main.tsx': `
      import { StrictMode } from 'react'
      import { createRoot } from 'react-dom/client'
      import { crc64Worker } from '@oss-direct/uploader/crc64'
      import { Avatar } from './avatar'

      const checksum = crc64Worker()
      Object.assign(window, { crc64: (text: string) => checksum.of(new Blob([text]), new AbortController().signal) })
      createRoot(document.getElementById('root') as HTMLElement).render(<StrictMode><Avatar /></StrictMode>)`,
    'src/avatar.tsx': dropzone,
    ...numbered('src/react', 'tsx', typed),
    'src/disagreeing.tsx': disagreeing(typed),
    ...numbered('src/uploader', 'ts', snippetsOf('packages/uploader/README.md', 'ts')),
    // Where the snippets have the server's routes: the type alone.
    'src/server/routes.ts': "export type { routes } from '../../../server/src/server.js'",
    'src/names.d.ts': `
      declare function show(url: string): void
      declare function Card(props: { upload: import('@oss-direct/uploader').Upload }): import('react').ReactElement`,
    'prerender.js': `
      import { createElement } from 'react'
      import { renderToString } from 'react-dom/server'
      import { UploadDropzone } from '@oss-direct/react'

      console.log(renderToString(createElement(UploadDropzone, { route: 'avatar' })))`,
  }
}

/** The snippet that knows the server's routes, with a route and a member of its result that they do not have. */
function disagreeing(snippets: readonly string[]): string {
  const typed = snippets.find((snippet) => snippet.includes('typeof routes')) ?? ''
  return typed.replace('<UploadDropzone', '<UploadDropzone route="avatars" />\n$&').replace('result.url', 'result.uri')
}

function serverFiles({ app, oss }: Addresses): Record<string, string> {
  const [mount = ''] = snippetsOf('README.md', 'ts')
  const onLaptop = diffsOf('README.md').reduce(applyDiff, mount)
  const here = onLaptop.replaceAll('http://127.0.0.1:3000', app).replaceAll('http://127.0.0.1:9000', oss)
  return {
    'tsconfig.json': tsconfig({
      target: 'ES2023',
      module: 'nodenext',
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
    }),
    'src/server.ts': `
      import { fileURLToPath } from 'node:url'
      import express from 'express'

      const app = express()
      const callerOfSession = (cookie: string | string[] | undefined) => ({ id: String(cookie ?? 'newcomer') })
      const saveAvatar = async (caller: string, key: string) => ({ url: \`/avatars/\${caller}?key=\${key}\` })

      ${here}
      app.use(express.static(fileURLToPath(new URL('../../web/dist', import.meta.url))))
      app.listen(${new URL(app).port}, () => console.log('listening'))`,
    'src/production.ts': mount,
    ...numbered('src/server', 'ts', snippetsOf('packages/server/README.md', 'ts')),
    ...numbered('src/oss', 'ts', snippetsOf('packages/oss/README.md', 'ts')),
    ...numbered('src/emulator', 'ts', snippetsOf('packages/emulator/README.md', 'ts')),
    // What the snippets leave to their readers.
    'src/names.d.ts': `
      declare const app: import('express').Express
      declare function sessionOf(cookie: string | string[] | undefined): { id: string } | null
      declare function callerOfSession(cookie: string | string[] | undefined): { id: string } | null
      declare function saveAvatar(caller: string, key: string): Promise<{ url: string }>
      declare const body: Buffer
      declare const headers: import('node:http').IncomingHttpHeaders`,
  }
}

/** Strict, and with the declarations of our packages checked too. */
function tsconfig(compilerOptions: Record<string, unknown>): string {
  return JSON.stringify({
    compilerOptions: { strict: true, skipLibCheck: false, verbatimModuleSyntax: true, ...compilerOptions },
    include: ['src'],
  })
}

function numbered(path: string, extension: string, contents: readonly string[]): Record<string, string> {
  return Object.fromEntries(contents.map((content, index) => [`${path}-${index + 1}.${extension}`, content]))
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** The very versions of a part of this checkout: they are in npm's cache or near it, and judged by all other tests. */
function installedIn(part: string, names: readonly string[]): Record<string, string> {
  const versionOf = (name: string) =>
    JSON.parse(readFileSync(join(root, part, 'node_modules', name, 'package.json'), 'utf8')).version as string
  return Object.fromEntries(names.map((name) => [name, versionOf(name)]))
}
