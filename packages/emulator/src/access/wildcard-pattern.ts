/**
 * Whether a text is what a pattern says: `*` stands for any characters, `?` for one.
 *
 * Goes back to the last `*` only: an earlier one could never do better. So the work is at most the product of both
 * lengths, where a regular expression with many stars may take longer than anybody waits.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const wanted = [...pattern]
  const actual = [...text]
  let at = 0
  let star = -1
  let starEnd = 0
  let index = 0
  while (index < actual.length) {
    if (wanted[at] === '*') {
      star = at
      starEnd = index
      at += 1
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === actual[index])) {
      at += 1
      index += 1
    } else if (star >= 0) {
      starEnd += 1
      at = star + 1
      index = starEnd
    } else {
      return false
    }
  }
  return wanted.slice(at).every((character) => character === '*')
}
