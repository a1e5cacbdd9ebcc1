import { type Json, type RouteRules, UploadError } from '@oss-direct/shared'
import {
  type ApiTransport,
  createUploader,
  type Journal,
  type JournalEntry,
  type OssRequest,
  type TransportAnswer,
  type Uploader,
} from '@oss-direct/uploader'

/** A real uploader, whose OSS and server do what a test tells them: the only way to hold it in one state and look at it. */
export interface ScriptedUploader {
  uploader: Uploader
  /** Forms on their way, in the order in which they were sent. */
  forms: ScriptedForm[]
  /** What `confirm` is answered from now on. */
  confirmWith(answer: Confirmation): void
  requests: string[]
}

export interface ScriptedForm {
  fileName: string
  /** 0 to 1; at 1 the last byte has left. */
  progress(fraction: number): void
  /** OSS answers. */
  answer(status: number, body: Json | string): void
  /** The connection is lost before the last byte. */
  lose(): void
  /** OSS hands on what the application said. */
  settle(result: Json): void
}

export type Confirmation = { result: Json } | { refusal: { code: string; detail: string; hint?: string } }

const OPEN_RULES: RouteRules = {
  accept: [],
  minBytes: 0,
  maxBytes: 5 * 1024 ** 3,
  maxFiles: 10_000,
  transports: ['post'],
}

export function scriptUploader(rules: Partial<RouteRules> = {}, left: JournalEntry[] = []): ScriptedUploader {
  const forms: ScriptedForm[] = []
  const requests: string[] = []
  let confirmation: Confirmation = { refusal: { code: 'forbidden', detail: 'not scripted' } }

  const api: ApiTransport = async ({ method, url, body }) => {
    requests.push(`${method} ${url}`)
    if (url.endsWith('/routes')) return json(200, { routes: { demo: { ...OPEN_RULES, ...rules } } })
    if (url.endsWith('/confirm')) {
      const id = url.split('/').at(-2) ?? ''
      if ('result' in confirmation) return json(200, { id, status: 'settled', result: confirmation.result })
      return json(403, { title: 'refused', status: 403, ...confirmation.refusal })
    }
    if (method === 'DELETE') return json(204, null)
    const { files } = JSON.parse(body ?? '{}') as { files: { name: string }[] }
    return json(201, { serverTime: new Date().toISOString(), grants: files.map(grant) })
  }
  const transport = ({ body: form, onProgress, signal }: OssRequest) =>
    new Promise<TransportAnswer>((resolve, reject) => {
      if (!(form instanceof FormData)) return reject(new TypeError('Only forms are scripted'))
      const file = form.get('file')
      const size = file instanceof File ? file.size + 1000 : 1000
      const answer = (status: number, body: Json | string) => resolve(json(status, body))
      signal.addEventListener('abort', () => reject(new UploadError('cancelled', 'cancelled')))
      forms.push({
        fileName: file instanceof File ? file.name : '',
        progress: (fraction) => onProgress(size * fraction, size),
        answer,
        lose: () => reject(new UploadError('network', 'The connection was lost')),
        settle: (result) => answer(200, { id: String(form.get('x-record')), status: 'settled', result }),
      })
    })
  const journal: Journal = { adopt: async () => left, write: async () => {}, close: () => {} }
  return {
    uploader: createUploader({ api, transport, journal }),
    forms,
    requests,
    confirmWith: (next) => {
      confirmation = next
    },
  }
}

let grants = 0

function grant(): Json {
  grants += 1
  const id = `record-${grants}`
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  const fields = { key: `demo/${id}`, 'x-record': id }
  return { ok: true, grant: { id, key: fields.key, expiresAt, transport: 'post', url: 'https://oss.invalid', fields } }
}

function json(status: number, body: Json | string): TransportAnswer {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body), header: () => undefined }
}
