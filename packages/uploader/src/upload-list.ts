import { isUnderWay, reduceUpload, type Upload, type UploadEvent } from './upload.ts'

/** All uploads in the order in which they were added; tells its listeners at most once a frame, of long lists less often. */
export interface UploadList {
  add(uploads: readonly Upload[]): void
  find(id: string): Upload | undefined
  /** Gives the upload as it stands afterwards. */
  dispatch(id: string, event: UploadEvent): Upload | undefined
  remove(ids: Iterable<string>): void
  subscribe(listener: () => void): () => void
  /** Hears of every change at once, and by the upload's id. */
  watch(watcher: (id: string) => void): void
  /** The same array as long as nothing has changed. */
  getSnapshot(): readonly Upload[]
  /** Whether any upload is under way. */
  isWorking(): boolean
}

const FRAME_MS = 16
/** From here on, whoever draws has work with each change for as many uploads, and the page something better to do. */
const LONG = 1000
const LONG_FRAME_MS = 200

export function createUploadList(): UploadList {
  const uploads = new Map<string, Upload>()
  const listeners = new Set<() => void>()
  const watchers = new Set<(id: string) => void>()
  let underWay = 0
  let snapshot: readonly Upload[] | undefined
  let toldAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = Number.POSITIVE_INFINITY

  const notify = () => {
    dueAt = Number.POSITIVE_INFINITY
    toldAt = performance.now()
    for (const listener of listeners) listener()
  }
  // Ten thousand files change their phase fifty thousand times; a page is drawn sixty times a second. A timer and not an
  // animation frame, which does not come while the page is hidden.
  const schedule = () => {
    // What comes after a rest, a drop or a click, is drawn at once; and so is the end of the last one.
    const at = toldAt + (uploads.size < LONG || underWay === 0 ? FRAME_MS : LONG_FRAME_MS)
    if (at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(notify, at - performance.now())
  }
  const put = (id: string, after: Upload | undefined) => {
    underWay += countUnderWay(after) - countUnderWay(uploads.get(id))
    if (after === undefined) uploads.delete(id)
    else uploads.set(id, after)
    snapshot = undefined
    for (const watcher of watchers) watcher(id)
    schedule()
  }

  return {
    add(added) {
      for (const upload of added) put(upload.id, upload)
    },
    find: (id) => uploads.get(id),
    dispatch(id, event) {
      const before = uploads.get(id)
      if (before === undefined) return undefined
      const after = reduceUpload(before, event)
      if (after !== before) put(id, after)
      return after
    },
    remove(ids) {
      for (const id of ids) if (uploads.has(id)) put(id, undefined)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch(watcher) {
      watchers.add(watcher)
    },
    getSnapshot() {
      snapshot ??= [...uploads.values()]
      return snapshot
    },
    isWorking: () => underWay > 0,
  }
}

function countUnderWay(upload: Upload | undefined): 0 | 1 {
  return upload !== undefined && isUnderWay(upload.phase) ? 1 : 0
}
