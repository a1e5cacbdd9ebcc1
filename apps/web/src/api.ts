import {
  type Outcome,
  parseOutcome,
  parseProblem,
  parseRecord,
  parseRecordPage,
  parseTrace,
  type RecordPage,
  UploadError,
  type UploadRecord,
  type UploadTrace,
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

export async function findRecord(id: string, signal: AbortSignal): Promise<UploadRecord> {
  const { data } = await api.get<unknown>(addressOf(id), { signal })
  return parseRecord(data)
}

export async function findTrace(id: string, signal: AbortSignal): Promise<UploadTrace> {
  const { data } = await api.get<unknown>(`${addressOf(id)}/trace`, { signal })
  return parseTrace(data)
}

export async function confirmRecord(id: string): Promise<Outcome> {
  const { data } = await api.post<unknown>(`${addressOf(id)}/confirm`, {})
  return parseOutcome(data)
}

/** Forgets the record and deletes the object. One that is gone already is what was asked for. */
export async function deleteRecord(id: string): Promise<void> {
  await api.delete(addressOf(id), { params: { object: true } }).catch((error: unknown) => {
    if (!(error instanceof UploadError) || error.code !== 'upload-not-found') throw error
  })
}

/** A fault as the local OSS keeps it: its name, its parameters, and how many times more. */
export interface SetFault {
  id: string
  name: string
  count?: number
  [parameter: string]: unknown
}

export interface LocalOss {
  /** False with a real bucket, which has no switches. */
  isLocal: boolean
  /** Of the local OSS itself. */
  console?: string
  faults: SetFault[]
}

export async function findLocalOss(signal: AbortSignal): Promise<LocalOss> {
  const { data } = await api.get<LocalOss>(LOCAL_OSS, { signal })
  return data
}

export async function setFault(fault: Omit<SetFault, 'id'>): Promise<void> {
  await api.post(`${LOCAL_OSS}/faults`, fault)
}

/** Takes these faults away, or all. */
export async function clearFaults(ids: readonly string[] | 'all'): Promise<void> {
  const paths = ids === 'all' ? [''] : ids.map((id) => `/${encodeURIComponent(id)}`)
  await Promise.all(paths.map((path) => api.delete(`${LOCAL_OSS}/faults${path}`)))
}

const LOCAL_OSS = '/demo/local-oss'

/** Leads to the object in the bucket, for those who may see it. */
export function contentAddress(id: string): string {
  return `${addressOf(id)}/content`
}

function addressOf(id: string): string {
  return `/uploads/${encodeURIComponent(id)}`
}

function asUploadError(error: unknown): unknown {
  if (!isAxiosError(error)) return error
  const problem = parseProblem(error.response?.data)
  if (problem !== undefined) return problem
  // A cancelled request stays what it is: react-query cancels those that nobody waits for any more.
  return error.response === undefined && error.code !== 'ERR_CANCELED'
    ? new UploadError('network', 'The server gave no answer', { hint: 'Is it running?', cause: error })
    : error
}
