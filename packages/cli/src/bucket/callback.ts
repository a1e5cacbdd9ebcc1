import { randomBytes } from 'node:crypto'
import { callbackFormFields, OssError } from '@oss-direct/oss'
import { type Finding, reporter } from './finding.ts'
import { sendForm } from './form.ts'
import type { CallbackSettings } from './settings.ts'
import { describeError, type Site } from './site.ts'

const { ok, warning, wrong, skipped } = reporter('callback')

/**
 * Has OSS call CALLBACK_URL about an upload that no server knows, and reads from OSS's answer what came of it.
 *
 * A server of @oss-direct/server verifies the signature first and looks for the upload then: its 404 says that the callback
 * arrived, unchanged, and was found to be OSS's. OSS passes on no more than the status, so the same address is then asked from
 * here, without a signature: what refuses that with a code of its own is such a server. No listener is opened here: it would
 * show that OSS reaches this program, and nothing about the server.
 */
export async function* checkCallback(site: Site): AsyncGenerator<Finding> {
  const { callback } = site.settings
  if (callback === undefined) {
    yield skipped('CALLBACK_URL is none: uploads are settled by confirmation')
    return
  }
  try {
    await sendForm(site, `${site.keyStem}-callback.txt`, callbackFields(callback))
  } catch (error) {
    yield await judgeFailure(callback, error)
    return
  }
  yield warning(
    `${shown(callback)} answers 200 to a callback about an upload that there is not`,
    'It is no server of @oss-direct/server, or it believes whatever it is told: the bucket has to be asked.',
  )
}

function callbackFields({ url, host, sni }: CallbackSettings): Record<string, string> {
  const facts = ['bucket', 'object', 'etag', 'size', 'mimeType'].map((name) => `${name}=\${${name}}`)
  // As the server makes ids, so that its database takes it for one.
  const body = [...facts, `id=${randomBytes(16).toString('hex')}`, 'ticket=doctor'].join('&')
  return callbackFormFields({ url, body, sni, ...(host === undefined ? {} : { host }) })
}

async function judgeFailure(callback: CallbackSettings, error: unknown): Promise<Finding> {
  const said = describeError(error)
  if (!(error instanceof OssError)) return wrong(said, 'Try again.')
  if (error.code !== 'CallbackFailed') {
    if (error.ec?.startsWith('0007-') || error.code === 'InvalidArgument') {
      return wrong(
        `OSS does not take ${shown(callback)} and stores nothing (${said})`,
        'CALLBACK_URL has to be a public address; where OSS cannot reach the server, set it to none.',
      )
    }
    return wrong(`The form with a callback is not taken: ${said}`, error.hint ?? 'See docs/real-bucket.md.')
  }
  const { message } = error
  if (message.includes('too long time')) {
    return wrong(`${shown(callback)} did not answer within 5 s (${said})`, 'Let nothing wait in front of the server.')
  }
  if (message.includes('not valid json')) {
    return wrong(
      `${shown(callback)} answers with something else than JSON (${said})`,
      'A page answers before the server does: exempt the path from bot checks and sign-in pages.',
    )
  }
  if (/content-length/i.test(message)) {
    return wrong(`OSS does not take the answer of ${shown(callback)} (${said})`, 'Let no proxy rewrite the answer.')
  }
  const status = Number(/Error status : (-?\d+)/i.exec(message)?.[1])
  return judgeStatus(callback, status, said)
}

async function judgeStatus(callback: CallbackSettings, status: number, said: string): Promise<Finding> {
  const place = shown(callback)
  if (status === -1) {
    return wrong(`Nobody answers at ${place} (${said})`, 'Start the server, and open its port to the internet.')
  }
  const seen = await lookFromHere(callback)
  if (status >= 300 && status < 400) {
    const target = seen?.location ? ` to ${seen.location}` : ''
    return wrong(
      `${place} redirects${target} (${said})`,
      'Exempt the path from sign-in pages; OSS follows no redirect.',
    )
  }
  const isServer = seen?.code?.startsWith('callback-') === true
  if (status === 404 && isServer) {
    return ok(
      `OSS reached ${place}, and the server verified its signature (404: it does not know the upload, as it should)`,
    )
  }
  if (status === 404 && seen === undefined) {
    return warning(
      `OSS got 404 from ${place}, which is what a server says that verified it; from here nobody answers there to tell`,
      'Run this where CALLBACK_URL can be reached.',
    )
  }
  if (status === 404)
    return wrong(`There is nothing at ${place} (${said})`, 'Check the path: the server has /uploads/callback.')
  if (status === 403 && isServer) {
    return wrong(
      `OSS reached the server at ${place}, and it does not take the signature (${said})`,
      'Its own CALLBACK_URL has to be the same, and no proxy may change the body.',
    )
  }
  if (status === 502) {
    return wrong(
      `OSS found no server behind ${place} (${said})`,
      'Check the name, that the server runs, and CALLBACK_SNI=true where it is https.',
    )
  }
  const hint = 'Something in front of the server may refuse OSS, or the server failed: its log says which.'
  return wrong(`${place} answers ${status} (${said})`, hint)
}

/** What the address answers to somebody else than OSS; undefined where nobody answers. */
interface Sight {
  /** The code of a problem, where it is one. */
  code: string | undefined
  /** Where a redirect leads, without its query. */
  location: string | undefined
}

async function lookFromHere({ url }: CallbackSettings): Promise<Sight | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'from=oss-direct-doctor',
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    })
    const location = answer.headers.get('location')
    return { code: codeOf(await answer.text()), location: location === null ? undefined : withoutQuery(location, url) }
  } catch {
    return undefined
  }
}

function codeOf(text: string): string | undefined {
  try {
    const { code } = JSON.parse(text) as { code?: unknown }
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

/** A query may hold what nobody else is to see. */
function shown({ url }: CallbackSettings): string {
  return withoutQuery(url, url)
}

function withoutQuery(address: string, base: string): string {
  if (!URL.canParse(address, base)) return 'somewhere'
  const { origin, pathname } = new URL(address, base)
  return origin + pathname
}
