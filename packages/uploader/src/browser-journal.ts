import type { Journal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'

/** In the store `uploads`, by its id. `session`: the life of a page that the entry belongs to, and an index. */
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
  let opened: Promise<IDBDatabase> | undefined

  const open = (): Promise<IDBDatabase> => {
    opened ??= (async () => {
      await holdLock(lockOf(session), release.signal)
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore('uploads', { keyPath: 'id' }).createIndex('session', 'session')
      }
      return answerTo(opening)
    })()
    return opened
  }

  /** One transaction. Resolves when it is on the disk; what `work` gives must not wait for anything else. */
  const change = async <T>(work: (uploads: IDBObjectStore) => T | Promise<T>): Promise<T> => {
    const transaction = (await open()).transaction('uploads', 'readwrite')
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => reject(transaction.error)
    })
    const [made] = await Promise.all([work(transaction.objectStore('uploads')), ended])
    return made
  }

  /** Makes the entries of that session ours, unless its page still lives. */
  const takeOver = async (other: string): Promise<JournalEntry[]> => {
    const take = () =>
      change(async (uploads) => {
        const kept: Kept[] = await answerTo(uploads.index('session').getAll(other))
        for (const entry of kept) uploads.put({ ...entry, session })
        return kept.map(({ session: _, ...entry }) => entry)
      })
    const patience = AbortSignal.timeout(WAIT_FOR_LOCK_MS)
    return navigator.locks.request(lockOf(other), { signal: patience }, take).catch((error: unknown) => {
      if (patience.aborted) return []
      throw error
    })
  }

  return {
    async adopt() {
      const sessions = await sessionsIn(await open())
      return (await Promise.all(sessions.filter((other) => other !== session).map(takeOver))).flat()
    },
    write: ({ put, remove }) =>
      change((uploads) => {
        for (const entry of put) uploads.put({ ...entry, session })
        for (const id of remove) uploads.delete(id)
      }),
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

/** Read off the index, so that no entry has to be. */
function sessionsIn(database: IDBDatabase): Promise<string[]> {
  const sessions: string[] = []
  const walk = database.transaction('uploads').objectStore('uploads').index('session').openKeyCursor(null, 'nextunique')
  return new Promise((resolve, reject) => {
    walk.onsuccess = () => {
      const cursor = walk.result
      if (cursor === null) return resolve(sessions)
      sessions.push(String(cursor.key))
      cursor.continue()
    }
    walk.onerror = () => reject(walk.error)
  })
}

function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
