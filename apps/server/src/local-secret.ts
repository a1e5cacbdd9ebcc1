import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The secret of a local installation: made at the first start, kept for the next, readable by its owner alone. */
export function keepLocalSecret(dataDir: string): string {
  const file = join(dataDir, 'uploads-secret')
  mkdirSync(dataDir, { recursive: true })
  try {
    // `wx` fails where the file is: two servers that start together end with the same secret.
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!isFileExists(error)) throw error
  }
  return readFileSync(file, 'utf8').trim()
}

function isFileExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
