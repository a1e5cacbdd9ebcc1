import type { JournalEntry } from './journal-entry.ts'

/** Entries by their ids, written as one. */
export interface Bundle {
  id: string
  entries: Map<string, JournalEntry>
}

export interface Bundles {
  /** What another page has written goes on as if it had come one by one. */
  adopt(bundle: Bundle): void
  /** The bundles that are others now; an empty one is over. */
  change(change: { put: readonly JournalEntry[]; remove: readonly string[] }): Iterable<Bundle>
}

/**
 * Most small files of a drop come, are granted and end together: written each by itself a file costs three operations of the
 * database, a quarter of all processor time that it costs beyond its request (docs/performance.md). 25 entries are some 15 KB; Chromium puts values above
 * 64 KB into files of their own.
 */
const MOST_IN_BUNDLE = 25

/** Puts entries together. One with a handle stands alone, because the browser writes a handle anew with whatever it stands in. */
export function createBundles(): Bundles {
  const places = new Map<string, Bundle>()
  let filling: Bundle | undefined

  const place = ({ handle }: JournalEntry): Bundle => {
    if (!handle && filling && filling.entries.size < MOST_IN_BUNDLE) return filling
    // Not by its first entry: one that was taken out may come again, while the others are still here.
    const bundle = { id: crypto.randomUUID(), entries: new Map() }
    if (!handle) filling = bundle
    return bundle
  }

  return {
    adopt(bundle) {
      for (const id of bundle.entries.keys()) places.set(id, bundle)
    },
    change({ put, remove }) {
      const touched = new Set<Bundle>()
      for (const entry of put) {
        const bundle = places.get(entry.id) ?? place(entry)
        places.set(entry.id, bundle)
        bundle.entries.set(entry.id, entry)
        touched.add(bundle)
      }
      for (const id of remove) {
        const bundle = places.get(id)
        places.delete(id)
        if (bundle?.entries.delete(id)) touched.add(bundle)
      }
      return touched
    },
  }
}
