/** The keys of a bucket in OSS's order, which is that of their UTF-8 bytes. */
export interface KeyIndex {
  add(key: string): void
  delete(key: string): void
  /** Keys that come after `after` and begin with `prefix`. Keys may come and go meanwhile. */
  after(after: string, prefix: string): Generator<string>
}

export function createKeyIndex(keys: Iterable<string>): KeyIndex {
  const sorted = [...keys].sort(compareKeys)

  /** Where the key is, or would be. */
  function positionOf(key: string): number {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(sorted[middle] ?? '', key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    add(key) {
      const at = positionOf(key)
      if (sorted[at] !== key) sorted.splice(at, 0, key)
    },
    delete(key) {
      const at = positionOf(key)
      if (sorted[at] === key) sorted.splice(at, 1)
    },
    *after(after, prefix) {
      let at = compareKeys(prefix, after) > 0 ? positionOf(prefix) : positionOf(after)
      if (sorted[at] === after && after !== '') at += 1
      for (let key = sorted[at]; key?.startsWith(prefix); key = sorted[at]) {
        yield key
        // Looked for anew: whoever reads may have waited long.
        at = positionOf(key)
        if (sorted[at] === key) at += 1
      }
    },
  }
}

/** Orders as the UTF-8 bytes do. JavaScript's own order puts surrogates in front of U+E000 to U+FFFF. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
