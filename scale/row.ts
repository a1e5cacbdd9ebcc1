import type { LocalOss } from './local-oss.ts'

/** Something large or many, and what it may cost. A file of its own in `rows`. */
export interface Row {
  name: string
  /** That pass through the local OSS in `run`: their speed is told. */
  bytes?: number
  /** What must be there beforehand; neither timed nor measured. */
  prepare?(oss: LocalOss): Promise<void>
  /** What the local OSS is started with. @default the bucket `photos` */
  flags?: readonly string[]
  /** Rejects where what came out is not what went in. */
  run(oss: LocalOss): Promise<readonly Figure[]>
}

/** One line of the table. */
export interface Figure {
  of: string
  value: number
  unit: 'MB' | 'MiB/s' | 'ms' | 's' | 'rows' | 'requests'
  /** Inclusive. Without it the figure is only told. */
  most?: number
}

export const MiB = 1024 ** 2
export const GiB = 1024 ** 3
