// `photo<U+202E>gpj.exe` would be shown as `photoexe.jpg`.
const TURNING_CHARACTERS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A text of somebody else's making, without the characters that turn the direction of writing, and not longer than this. */
export function straightText(text: string, longest: number): string {
  // Cut before it is searched: it may be megabytes.
  const straight = text.slice(0, longest * 2).replace(TURNING_CHARACTERS, '')
  return straight.length <= longest && text.length <= longest * 2 ? straight : `${straight.slice(0, longest)}…`
}
