import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Files } from '../store/files.ts'

/** What a security token of AssumeRole stands for. */
export interface Session {
  accessKeyId: string
  accessKeySecret: string
  /** The lasting key that assumed the role: the session may do no more than it. */
  callerId: string
  /** ISO 8601. */
  expiresAt: string
  /** The session policy, as JSON text. */
  policy?: string
}

export interface SessionTokens {
  write(session: Session): string
  /** Nothing for a token that is not ours, or not as we wrote it. */
  read(token: string): Session | undefined
}

const KEY_FILE = 'session-key.txt'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Security tokens that hold their whole session, encrypted and authenticated: nothing has to be remembered, so their
 * number needs no limit, and they outlive a restart with the folder that keeps their key.
 */
export async function openSessionTokens(files: Files): Promise<SessionTokens> {
  const stored = await files.readText(KEY_FILE)
  const text = stored ?? randomBytes(32).toString('base64')
  if (stored === undefined) await files.writeText(KEY_FILE, text)
  const key = Buffer.from(text, 'base64')

  return {
    write(session) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce)
      const sealed = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
    },
    read(token) {
      const bytes = Buffer.from(token, 'base64')
      // Base64 has several texts for the same bytes; ours is one of them.
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== token) return undefined
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
        return JSON.parse(opened.toString()) as Session
      } catch {
        // The tag does not fit: somebody else's token, or an altered one.
        return undefined
      }
    },
  }
}
