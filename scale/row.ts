import type { LocalOss } from './local-oss.ts'

/** One line of the table: something large, and how much memory it may cost. A file of its own in `rows`. */
export interface Row {
  name: string
  /** Bytes that pass through the local OSS in `run`. */
  bytes: number
  /** Resident memory that the local OSS may have at most, in MB. */
  maxMB: number
  /** What must be there beforehand; neither timed nor measured. */
  prepare?(oss: LocalOss): Promise<void>
  /** Rejects where what came out is not what went in. */
  run(oss: LocalOss): Promise<void>
}

export const MiB = 1024 ** 2
export const GiB = 1024 ** 3
