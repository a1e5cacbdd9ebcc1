import type { Job } from './job.ts'
import { letOthersRun } from './let-others-run.ts'
import { type RulesBook, refusalOf } from './route-rules.ts'
import type { Upload } from './upload.ts'
import type { UploadList } from './upload-list.ts'
import type { WaitingLine } from './waiting-line.ts'

/**
 * Judged without a break: the size of each is read from the disk, and the page stands still for a fifth of a millisecond. The
 * first of a drop share a call for their grants; those behind must not keep its answer waiting.
 */
const FIRST = 50
const AT_ONCE = 10

/** One that was added, before it is judged and stands in line. */
interface Arrival {
  upload: Upload
  /** In its drop. */
  index: number
  /** When it came. One that was paused and resumed since is in line already, by another. */
  job: Job | undefined
}

export interface AdmissionOptions {
  book: RulesBook
  list: UploadList
  jobs: ReadonlyMap<string, Job>
  line: WaitingLine
  /** Some have joined the line. */
  onJoined(): void
}

/** Judges by the rules of their route those that were added, in their order; the first are sent while those behind are judged. */
export function createAdmission({ book, list, jobs, line, onJoined }: AdmissionOptions) {
  const arrived: Arrival[] = []

  const admitSome = (count: number): void => {
    for (const { upload, index, job } of arrived.splice(0, count)) {
      const { id, route, file } = upload
      const rules = book.find(route)
      const error = rules && refusalOf(file, index, rules)
      list.dispatch(id, { type: 'judged' })
      if (error) list.dispatch(id, { type: 'rejected', error })
      else if (jobs.get(id) === job && list.find(id)?.phase === 'queued') line.join(id, 'back')
    }
    if (arrived.length > 0) void letOthersRun().then(() => admitSome(AT_ONCE))
    onJoined()
  }

  return (arrivals: readonly Arrival[]): void => {
    const isAdmitting = arrived.length > 0
    for (const arrival of arrivals) arrived.push(arrival)
    if (!isAdmitting) admitSome(FIRST)
  }
}
