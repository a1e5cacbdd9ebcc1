import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** What one uploader did, and what he was told. */
export interface Upload {
  id: string
  key: string
  sha256: string
  /** He went away once the bytes were out: nobody asks for the answer. */
  wentAway: boolean
  /** The application's answers to him, as JSON; more than one where he asked again. */
  answers: string[]
  /** How often he sent the bytes. */
  sent: number
}

/** Chooses what goes wrong for one object. */
export type Trouble = (key: string) => Promise<void>

interface PostGrant {
  id: string
  key: string
  url: string
  fields: Record<string, string>
}

/**
 * An upload as a careful client does it: the same grant until the object is there, then the application's answer, and no
 * byte again for the answer's sake. Throws where there is no answer by the deadline.
 */
export async function upload(
  api: string,
  content: Buffer,
  plan: { wentAway: boolean; trouble: Trouble; deadline: number },
): Promise<Upload> {
  const { deadline } = plan
  const grant = await until(deadline, 'a grant', () => askForGrant(api, content.length))
  const { id, key } = grant
  const sha256 = createHash('sha256').update(content).digest('hex')
  const upload: Upload = { id, key, sha256, wentAway: plan.wentAway, answers: [], sent: 0 }
  await plan.trouble(key)
  let isSure = false
  while (!isSure) {
    if (Date.now() > deadline) throw new Error(`${id}: not sent in time`)
    upload.sent += 1
    const { status, text } = await post(grant, content)
    if (status === 200) upload.answers.push(resultOf(text))
    // 203 and 409 say that it is stored. No answer says nothing: the server knows, or asks the bucket.
    isSure = [200, 203, 409].includes(status) || (status === 0 && (await isThere(api, id, deadline)))
  }
  if (plan.wentAway) return upload
  if (upload.answers.length === 0 || Math.random() < 0.1) upload.answers.push(await confirm(api, id, deadline))
  return upload
}

function askForGrant(api: string, size: number): Promise<PostGrant | undefined> {
  const files = [{ name: 'soak.bin', size, type: 'application/octet-stream' }]
  return call(`${api}/uploads`, { route: 'demo', files }).then(({ status, body }) => {
    if (status !== 201) return undefined
    const [first] = (body as { grants: ({ ok: true; grant: PostGrant } | { ok: false })[] }).grants
    return first?.ok ? first.grant : undefined
  })
}

async function post({ url, fields }: PostGrant, content: Buffer): Promise<{ status: number; text: string }> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([new Uint8Array(content)], { type: 'application/octet-stream' }), 'soak.bin')
  try {
    const answer = await fetch(url, { method: 'POST', body: form })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return { status: 0, text: '' }
  }
}

/** Whether the object is in the bucket. 202 says only that somebody looks at it: he may find nothing. */
function isThere(api: string, id: string, deadline: number): Promise<boolean> {
  return until(deadline, `${id}: whether it is there`, async () => {
    const { status } = await call(`${api}/uploads/${id}/confirm`)
    if (status === 404) return false
    return status === 200 ? true : undefined
  })
}

function confirm(api: string, id: string, deadline: number): Promise<string> {
  return until(deadline, `${id}: its answer`, async () => {
    const { status, text } = await call(`${api}/uploads/${id}/confirm`)
    return status === 200 ? resultOf(text) : undefined
  })
}

function resultOf(text: string): string {
  return JSON.stringify((JSON.parse(text) as { result: unknown }).result)
}

async function call(url: string, body?: unknown): Promise<{ status: number; text: string; body: unknown }> {
  const headers = { 'x-user': 'soak', 'content-type': 'application/json' }
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body ?? {}) })
    const text = await answer.text()
    return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined }
  } catch {
    return { status: 0, text: '', body: undefined }
  }
}

/** Asks again until there is an answer. */
async function until<T>(deadline: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`${what}: none in time`)
    await sleep(100 + Math.random() * 400)
  }
}
