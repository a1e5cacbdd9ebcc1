import { createPublicKey, generateKeyPair } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The key pair that callbacks are signed with: the local OSS's own, kept in its folder, made when first needed. */
export interface CallbackKey {
  /** PEM. */
  privateKey(): Promise<string>
  /** PEM, as served at the key URL. */
  publicKey(): Promise<string>
  /** Makes a new pair. The key URL stays the same. */
  rotate(): Promise<void>
}

export function openCallbackKey(dataDir: string): CallbackKey {
  const file = join(dataDir, 'callback-key.pem')
  let current: Promise<string> | undefined
  const privateKey = () => {
    current ??= readKey(file).then((key) => key ?? createKey(file))
    return current
  }
  return {
    privateKey,
    publicKey: async () =>
      createPublicKey(await privateKey())
        .export({ type: 'spki', format: 'pem' })
        .toString(),
    async rotate() {
      current = createKey(file)
      await current
    },
  }
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

// 2048 bits. OSS itself still signs with 512, which nobody should make anew.
async function createKey(file: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await writeFile(`${file}.new`, privateKey, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return privateKey
}
