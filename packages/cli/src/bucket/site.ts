import { type BucketClient, createBucketClient, createOssClient, type OssClient, OssError } from '@oss-direct/oss'
import type { BucketSettings } from './settings.ts'

/** A bucket that was reached, and what the checks left there. */
export interface Site {
  settings: BucketSettings
  objects: OssClient
  bucket: BucketClient
  /** What the keys of this look begin with, within the prefix that the server may write to. */
  keyStem: string
  /** Keys that may have been stored; all are removed in the end. */
  stored: Set<string>
}

const TIMEOUT_MS = 5000

export function clientsOf({ credentials, version }: BucketSettings, address: BucketSettings['publicAddress']) {
  const options = { address, credentials, version, timeoutMs: TIMEOUT_MS }
  return { objects: createOssClient(options), bucket: createBucketClient(options) }
}

/** What OSS said, in one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof OssError)) return error instanceof Error ? error.message : String(error)
  if (error.code === 'NetworkError') return error.message
  return `${[error.code, error.ec].filter(Boolean).join(', ')}: ${error.message.replace(/\s+/g, ' ')}`
}

export function isRefusal(error: unknown): error is OssError {
  return error instanceof OssError && error.code === 'AccessDenied'
}
