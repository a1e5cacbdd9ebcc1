import type { Journal } from './journal.ts'
import { type Bundle, createBundles } from './journal-bundles.ts'
import type { JournalEntry } from './journal-entry.ts'

/** In the store `bundles`, by its id. `session`: the life of a page that the entries belong to, and an index. */
type Kept = Bundle & { session: string }

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
  if (!globalThis.indexedDB || !globalThis.navigator?.locks) return undefined
  const session = crypto.randomUUID()
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const lockOf = (id: string) => `${name}/${id}`
  const bundles = createBundles()
  let opened: Promise<IDBDatabase> | undefined

  const open = (): Promise<IDBDatabase> => {
    opened ??= (async () => {
      await holdLock(lockOf(session), released)
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore('bundles', { keyPath: 'id' }).createIndex('session', 'session')
      }
      return answerTo(opening)
    })()
    return opened
  }

  /** One transaction. Resolves when it is on the disk; what `work` gives must not wait for anything else. */
  const change = async <T>(work: (store: IDBObjectStore) => T | Promise<T>): Promise<T> => {
    const transaction = (await open()).transaction('bundles', 'readwrite')
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => reject(transaction.error)
    })
    const [made] = await Promise.all([work(transaction.objectStore('bundles')), ended])
    return made
  }

  /** Makes the entries of that session ours, unless its page still lives; what cannot be read is left to a later page. */
  const takeOver = async (other: string): Promise<JournalEntry[]> => {
    const take = () =>
      change(async (store) => {
        const kept: Kept[] = await answerTo(store.index('session').getAll(other))
        for (const bundle of kept) {
          store.put({ ...bundle, session })
          bundles.adopt(bundle)
        }
        return kept.flatMap(({ entries }) => [...entries.values()])
      })
    const signal = AbortSignal.timeout(WAIT_FOR_LOCK_MS)
    return navigator.locks.request(lockOf(other), { signal }, take).catch(() => [])
  }

  return {
    async adopt() {
      const sessions = await sessionsIn(await open())
      return (await Promise.all(sessions.filter((other) => other !== session).map(takeOver))).flat()
    },
    write: (entries) =>
      change((store) => {
        for (const bundle of bundles.change(entries)) {
          if (bundle.entries.size > 0) store.put({ ...bundle, session })
          else store.delete(bundle.id)
        }
      }),
    close() {
      release()
      opened?.then(
        (database) => database.close(),
        () => {},
      )
    },
  }
}

/** Resolves when it is held, which it is until the other promise is. */
function holdLock(name: string, released: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = () => {
      resolve()
      return released
    }
    navigator.locks.request(name, hold).catch(reject)
  })
}

/** Read off the index, so that no bundle has to be. */
function sessionsIn(database: IDBDatabase): Promise<string[]> {
  const sessions: string[] = []
  const walk = database.transaction('bundles').objectStore('bundles').index('session').openKeyCursor(null, 'nextunique')
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
