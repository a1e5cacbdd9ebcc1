import type { LocalOss } from './local-oss.ts'

/** One line of the table: something large, and how much memory it may cost whom. A file of its own in `rows`. */
export interface Row {
  name: string
  /** Bytes that pass through the local OSS in `run`. */
  bytes: number
  /** What `run` measures may be so much at most. */
  maxMB: number
  /** What must be there beforehand; neither timed nor measured. */
  prepare?(oss: LocalOss): Promise<void>
  /** What the local OSS is started with. @default the bucket `photos` */
  flags?: readonly string[]
  /** Rejects where what came out is not what went in. */
  run(oss: LocalOss): Promise<Memory>
}

/** Of whoever the row is about, in MB: at the beginning, and the most while it ran. */
export interface Memory {
  idleMB: number
  peakMB: number
}

export const MiB = 1024 ** 2
export const GiB = 1024 ** 3
