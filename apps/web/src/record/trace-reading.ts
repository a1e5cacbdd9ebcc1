import type { Json, UploadTrace } from '@oss-direct/shared'

/** What a trace tells, sorted by who spoke; what it does not tell is left out. */
export interface TraceStory {
  /** What was signed for a form. */
  form?: { policy: JsonRecord; fields: Record<string, string> }
  /** What was granted in parts. */
  plan?: { partSize: number; partCount: number }
  /** How often OSS called, and what came of it; oldest first. */
  callbacks: CallbackStory[]
  /** What `onUploaded` returned, or why it did not, the last time that it ran. */
  application?: { result: Json; reason?: undefined } | { result?: undefined; reason: string }
}

export interface CallbackStory {
  at: string
  request?: { method: string; path: string; headers: Record<string, string>; body: string }
  keyUrl?: string
  answered?: { status: number; body: Json } | { refused: string }
}

export interface CallbackParameter {
  url: string
  body: string
  bodyType: string
  host?: string
  sni: boolean
}

type JsonRecord = Record<string, Json>

/** Reads what it knows and passes over the rest: a newer server may tell more, an older one less. */
export function readTrace({ events }: UploadTrace): TraceStory {
  const story: TraceStory = { callbacks: [] }
  for (const { at, event, detail } of events) {
    if (!isRecord(detail)) continue
    if (event === 'granted') Object.assign(story, readGrant(detail))
    if (event === 'callback received') story.callbacks.push(readCallback(at, detail))
    if (event === 'callback answered') {
      const last = story.callbacks.at(-1)
      const answered = readAnswer(detail)
      if (last !== undefined && answered !== undefined) last.answered = answered
    }
    if (event === 'application answered') story.application = { result: detail.result ?? null }
    if (event === 'application failed') story.application = { reason: textOf(detail.reason) }
  }
  return story
}

/** The parameter `callback`, as the form carries it once its Base64 is undone. */
export function readCallbackParameter(json: string): CallbackParameter | undefined {
  const parameter = parseJson(json)
  if (!isRecord(parameter)) return undefined
  const { callbackUrl, callbackBody, callbackBodyType, callbackHost, callbackSNI } = parameter
  return {
    url: textOf(callbackUrl),
    body: textOf(callbackBody),
    bodyType: textOf(callbackBodyType) || FORM,
    ...(typeof callbackHost === 'string' ? { host: callbackHost } : {}),
    sni: callbackSNI === true,
  }
}

/** Names and values of a body, or of its template: a form, or a JSON object whose variables may stand without quotes. */
export function readBody(body: string, type: string): [name: string, value: string][] {
  if (!type.startsWith('application/json')) {
    return body.split('&').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [decodeForm(name), decodeForm(value.join('='))]
    })
  }
  const json = parseJson(body.replace(/:\s*(\$\{[^}]*\})/g, ':"$1"'))
  if (!isRecord(json)) return []
  return Object.entries(json).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
}

const FORM = 'application/x-www-form-urlencoded'

function readGrant({ policy, fields, partSize, partCount }: JsonRecord): Pick<TraceStory, 'form' | 'plan'> {
  if (isRecord(policy) && isRecord(fields)) return { form: { policy, fields: textsOf(fields) } }
  return typeof partSize === 'number' && typeof partCount === 'number' ? { plan: { partSize, partCount } } : {}
}

function readCallback(at: string, { request, keyUrl }: JsonRecord): CallbackStory {
  return {
    at,
    ...(typeof keyUrl === 'string' && keyUrl !== '' ? { keyUrl } : {}),
    ...(isRecord(request)
      ? {
          request: {
            method: textOf(request.method),
            path: textOf(request.path),
            headers: isRecord(request.headers) ? textsOf(request.headers) : {},
            body: textOf(request.body),
          },
        }
      : {}),
  }
}

function readAnswer({ status, body, refused }: JsonRecord): CallbackStory['answered'] {
  if (typeof refused === 'string') return { refused }
  return typeof status === 'number' ? { status, body: body ?? null } : undefined
}

function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(record: JsonRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, textOf(value)]))
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
