import { createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Files } from '../store/files.ts'

/** The key pair that callbacks are signed with: the local OSS's own, kept in its folder, made when first needed. */
export interface CallbackKey {
  /** PEM. */
  privateKey(): Promise<string>
  /** PEM, as served at the key URL. */
  publicKey(): Promise<string>
  /** Makes a new pair. The key URL stays the same. */
  rotate(): Promise<void>
}

export function openCallbackKey(files: Files): CallbackKey {
  let current: Promise<string> | undefined
  const privateKey = () => {
    current ??= files.readText(KEY_FILE).then((key) => key ?? createKey(files))
    return current
  }
  return {
    privateKey,
    publicKey: async () =>
      createPublicKey(await privateKey())
        .export({ type: 'spki', format: 'pem' })
        .toString(),
    async rotate() {
      current = createKey(files)
      await current
    },
  }
}

const KEY_FILE = 'callback-key.pem'

// 2048 bits. OSS itself still signs with 512, which nobody should make anew.
async function createKey(files: Files): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await files.writeText(KEY_FILE, privateKey)
  return privateKey
}
