import { OssError } from './oss-error.ts'

export interface Credentials {
  accessKeyId: string
  accessKeySecret: string
  /** With temporary credentials of STS. */
  securityToken?: string
  /** When temporary credentials end. */
  expiresAt?: Date
}

/** Asked before every signature, so that whoever holds temporary credentials can renew them in time. */
export type CredentialsProvider = () => Promise<Credentials>

export function staticCredentials(credentials: Credentials): CredentialsProvider {
  return () => Promise.resolve(credentials)
}

/**
 * Credentials of `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and, with temporary ones, `OSS_SESSION_TOKEN`.
 * Throws OssError `CredentialsMissing` at once, not at the first upload.
 */
export function environmentCredentials(environment: Readonly<Record<string, string | undefined>>): CredentialsProvider {
  const { OSS_ACCESS_KEY_ID: accessKeyId, OSS_ACCESS_KEY_SECRET: accessKeySecret, OSS_SESSION_TOKEN } = environment
  if (!accessKeyId || !accessKeySecret) {
    const missing = accessKeyId ? 'OSS_ACCESS_KEY_SECRET' : 'OSS_ACCESS_KEY_ID'
    throw new OssError({
      code: 'CredentialsMissing',
      status: 0,
      message: `${missing} is not set`,
      hint: 'Set both OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET.',
    })
  }
  return staticCredentials({
    accessKeyId,
    accessKeySecret,
    ...(OSS_SESSION_TOKEN ? { securityToken: OSS_SESSION_TOKEN } : {}),
  })
}
