import {
  type Outcome,
  parseOutcome,
  parseProblem,
  parseRecordPage,
  type RecordPage,
  UploadError,
} from '@oss-direct/shared'
import axios, { isAxiosError } from 'axios'

/** The app's own axios: same origin, the visitor's cookie, errors of our API as `UploadError`. */
export const api = axios.create({ headers: { Accept: 'application/json' } })
api.interceptors.response.use(undefined, (error: unknown) => {
  throw asUploadError(error)
})

const PAGE_SIZE = 20

export async function listRecords(cursor: string | undefined, signal: AbortSignal): Promise<RecordPage> {
  const { data } = await api.get<unknown>('/uploads', { params: { limit: PAGE_SIZE, cursor }, signal })
  return parseRecordPage(data)
}

export async function confirmRecord(id: string): Promise<Outcome> {
  const { data } = await api.post<unknown>(`/uploads/${encodeURIComponent(id)}/confirm`, {})
  return parseOutcome(data)
}

/** Forgets the record and deletes the object. */
export async function deleteRecord(id: string): Promise<void> {
  await api.delete(`/uploads/${encodeURIComponent(id)}`, { params: { object: true } })
}

function asUploadError(error: unknown): unknown {
  if (!isAxiosError(error)) return error
  const problem = parseProblem(error.response?.data)
  if (problem !== undefined) {
    return new UploadError(problem.code, problem.detail, { hint: problem.hint, cause: problem.oss })
  }
  // A cancelled request stays what it is: react-query cancels those that nobody waits for any more.
  return error.response === undefined && error.code !== 'ERR_CANCELED'
    ? new UploadError('network', 'The server gave no answer', { hint: 'Is it running?', cause: error })
    : error
}
