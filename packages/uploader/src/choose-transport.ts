import type { Transport } from '@oss-direct/shared'

/** The two ways in which this uploader sends a file. */
export type SentAs = Extract<Transport, 'post' | 'multipart'>

/** OSS takes no more in one form. Source: OSS API reference, PostObject. */
export const MOST_IN_ONE_FORM = 5 * 1024 ** 3

export interface TransportChoice {
  /** Bytes. */
  size: number
  /** A file that is larger goes in parts. */
  multipartAbove: number
  /** What the route allows; undefined while its rules are not known, and then the server judges. */
  allowed: readonly Transport[] | undefined
}

/** How a file is sent: as one form where that will do, in parts where it is large, and never as the route does not allow. */
export function chooseTransport({ size, multipartAbove, allowed }: TransportChoice): SentAs {
  const first: SentAs = size > Math.min(multipartAbove, MOST_IN_ONE_FORM) ? 'multipart' : 'post'
  if (allowed === undefined || allowed.includes(first)) return first
  const second: SentAs = first === 'post' ? 'multipart' : 'post'
  // A route that allows neither says so itself when it is asked for a grant.
  return allowed.includes(second) ? second : first
}
