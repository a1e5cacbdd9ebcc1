/** Where one part is put, and until when. */
export interface SignedPart {
  url: string
  /** Milliseconds since 1970 by this browser's clock. */
  endsAt: number
}

/** The server signs no more in one call. */
const MOST_IN_ONE_CALL = 100
/** So many parts ahead have their URL, so that none waits for a call of the server. */
const AHEAD = 16
/** A URL that ends sooner is not begun with. */
const MARGIN_MS = 15_000

export function holds(signed: SignedPart | undefined, now: number): signed is SignedPart {
  return signed !== undefined && signed.endsAt - now > MARGIN_MS
}

/**
 * The part numbers to ask URLs for now; none while those that come next have theirs. `wanted`: parts that are still to be
 * sent, the next one first.
 */
export function partsToSign(wanted: readonly number[], urls: ReadonlyMap<number, SignedPart>, now: number): number[] {
  const lacksUrl = (partNumber: number) => !holds(urls.get(partNumber), now)
  if (!wanted.slice(0, AHEAD).some(lacksUrl)) return []
  return wanted.filter(lacksUrl).slice(0, MOST_IN_ONE_CALL)
}
