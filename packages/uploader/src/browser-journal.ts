import type { IDBPDatabase } from 'idb'
import type { Journal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'

interface JournalDatabase {
  uploads: { key: string; value: Kept; indexes: { session: string } }
}
/** `session`: the life of a page that the entry belongs to. */
type Kept = JournalEntry & { session: string }

/** A page that is reloaded lets go of its lock with its last breath; longer than this holds only one that lives. */
const WAIT_FOR_LOCK_MS = 2000

/**
 * A journal in IndexedDB. Each page holds a lock for as long as it lives, and the browser takes it back whatever way the
 * page ends: so that of several tabs none is given what another one is still sending.
 *
 * - `name`  of the database, which pages of the same origin share
 *
 * Nothing where the browser has no IndexedDB or no locks: pages that come by http from another machine.
 */
export function browserJournal(name: string): Journal | undefined {
  if (typeof indexedDB === 'undefined' || typeof navigator === 'undefined' || !('locks' in navigator)) return undefined
  const session = crypto.randomUUID()
  const release = new AbortController()
  const lockOf = (id: string) => `${name}/${id}`
  let opened: Promise<IDBPDatabase<JournalDatabase>> | undefined

  const open = (): Promise<IDBPDatabase<JournalDatabase>> => {
    opened ??= (async () => {
      const { openDB } = await import('idb')
      await holdLock(lockOf(session), release.signal)
      return openDB<JournalDatabase>(name, 1, {
        upgrade(database) {
          database.createObjectStore('uploads', { keyPath: 'id' }).createIndex('session', 'session')
        },
      })
    })()
    return opened
  }

  /** Makes the entries of that session ours, unless its page still lives. */
  const takeOver = async (other: string): Promise<JournalEntry[]> => {
    const database = await open()
    const take = async () => {
      const change = database.transaction('uploads', 'readwrite')
      const kept = await change.store.index('session').getAll(other)
      await Promise.all([...kept.map((entry) => change.store.put({ ...entry, session })), change.done])
      return kept.map(({ session: _, ...entry }) => entry)
    }
    const patience = AbortSignal.timeout(WAIT_FOR_LOCK_MS)
    return navigator.locks.request(lockOf(other), { signal: patience }, take).catch((error: unknown) => {
      if (patience.aborted) return []
      throw error
    })
  }

  return {
    async adopt() {
      const database = await open()
      const others = new Set<string>()
      const cursors = database.transaction('uploads').store.index('session').iterate(null, 'nextunique')
      for await (const { key } of cursors) if (key !== session) others.add(String(key))
      return (await Promise.all([...others].map(takeOver))).flat()
    },
    async write({ put, remove }) {
      const database = await open()
      const change = database.transaction('uploads', 'readwrite')
      await Promise.all([
        ...put.map((entry) => change.store.put({ ...entry, session })),
        ...remove.map((id) => change.store.delete(id)),
        change.done,
      ])
    },
    close() {
      release.abort()
      opened?.then(
        (database) => database.close(),
        () => {},
      )
    },
  }
}

/** Resolves when it is held, which it is until the signal is aborted. */
function holdLock(name: string, until: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = () => {
      resolve()
      return new Promise<void>((release) => {
        if (until.aborted) release()
        until.addEventListener('abort', () => release())
      })
    }
    navigator.locks.request(name, hold).catch(reject)
  })
}
