import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { packAll } from '../packing.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the packed packages. */
    tarballs: string
  }
}

/** All published packages, built and packed once for all tests of a run: they share the `dist` folders. */
export default async function provideTarballs(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-tarballs-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await packAll(folder)
  } catch (error) {
    await remove()
    throw error
  }
  project.provide('tarballs', folder)
  return remove
}
