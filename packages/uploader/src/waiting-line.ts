import type { Job } from './job.ts'
import type { UploadList } from './upload-list.ts'

/** Where a file stands in line. */
export interface Place {
  id: string
  job: Job
}

/** The files that wait to be sent, first come first served. */
export interface WaitingLine {
  /** In front is for one whose turn had come already. */
  join(id: string, where: 'front' | 'back'): void
  /** The next that still waits. */
  take(): Place | undefined
  /** All that still wait. */
  takeAll(): readonly Place[]
  /** Those behind it that still wait, the nearest first. */
  next(count: number): readonly Place[]
}

export function createWaitingLine(jobs: ReadonlyMap<string, Job>, list: Pick<UploadList, 'find'>): WaitingLine {
  const places: Place[] = []
  // A file that was cancelled leaves its place behind, which is passed over: tried again it has a new job, and another place.
  const isTaken = ({ id, job }: Place) => jobs.get(id) === job && list.find(id)?.phase === 'queued'
  return {
    join(id, where) {
      const job = jobs.get(id)
      if (job === undefined) return
      if (where === 'front') places.unshift({ id, job })
      else places.push({ id, job })
    },
    take() {
      for (let place = places.shift(); place !== undefined; place = places.shift()) if (isTaken(place)) return place
      return undefined
    },
    takeAll: () => places.splice(0).filter(isTaken),
    next: (count) => places.slice(0, count).filter(isTaken),
  }
}
