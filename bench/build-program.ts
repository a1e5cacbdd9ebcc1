import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/**
 * Makes one file of JavaScript of a program and of all that it imports; gives its path. From the sources, the loader that reads
 * TypeScript would be measured as well: it has every function named anew each time that it is made.
 */
export function buildProgram(source: URL): Promise<string> {
  const program = programs.get(source.href) ?? buildAnew(source)
  programs.set(source.href, program)
  return program
}
/** A program that is started often is built once in a run. */
const programs = new Map<string, Promise<string>>()

async function buildAnew(source: URL): Promise<string> {
  const name = /([\w-]+)\/([\w-]+)\.ts$/.exec(source.pathname)?.slice(1).join('-') ?? 'program'
  const folder = fileURLToPath(new URL('./node_modules/.programs/', import.meta.url))
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    // It finds its native part beside itself.
    ssr: { noExternal: true, external: ['libsql'] },
    build: {
      ssr: fileURLToPath(source),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { external: ['pg-native'], output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  })
  return `${folder}${name}.mjs`
}
