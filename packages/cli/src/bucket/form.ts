import { OssError, type PostForm, readOssError, signPostPolicy } from '@oss-direct/oss'
import { type Finding, reporter } from './finding.ts'
import { describeError, type Site } from './site.ts'

const { ok, wrong } = reporter('form')
const CONTENT = 'oss-direct doctor\n'
const LIFETIME_MS = 60_000
// A callback may take OSS 5 s.
const TIMEOUT_MS = 15_000

/** Sends a tiny object by a form, and asks the bucket for it. Gives whether forms are taken. */
export async function* checkForm(site: Site): AsyncGenerator<Finding, boolean> {
  const { objects, keyStem } = site
  const key = `${keyStem}-form.txt`
  try {
    await sendForm(site, key)
  } catch (error) {
    yield wrong(`A form is not taken: ${describeError(error)}`, fixOf(error))
    return false
  }
  try {
    const head = await objects.head(key)
    if (head?.size === CONTENT.length) yield ok(`A form is taken, and ${key} found with its ${head.size} bytes`)
    else yield wrong(`A form is taken, and ${key} not found afterwards`, 'Check that both endpoints are of one bucket.')
  } catch (error) {
    yield wrong(
      `A form is taken, and its object cannot be asked for: ${describeError(error)}`,
      'The RAM policy needs oss:GetObject: the server settles no upload without it.',
    )
  }
  return true
}

/** The form that a server makes for one file. Throws OssError, with `CallbackFailed` where only the callback failed. */
export async function sendForm(
  { settings, objects, stored }: Pick<Site, 'settings' | 'objects' | 'stored'>,
  key: string,
  callback: Readonly<Record<string, string>> = {},
): Promise<void> {
  const now = objects.now()
  const form = signPostPolicy({
    bucket: settings.publicAddress,
    key,
    sizeRange: [CONTENT.length, CONTENT.length],
    fields: {
      'x-oss-content-type': 'text/plain',
      'Content-Disposition': 'attachment; filename="doctor.txt"',
      success_action_status: '200',
      'x-oss-forbid-overwrite': 'true',
      ...callback,
    },
    credentials: await settings.credentials(),
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
    now,
    version: settings.version,
  })
  stored.add(key)
  const answer = await post(form)
  const body = await answer.text()
  if (answer.status !== 200) throw readOssError({ status: answer.status, headers: answer.headers, body })
}

async function post({ url, fields }: PostForm): Promise<Response> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', new Blob([CONTENT], { type: 'text/plain' }), 'doctor.txt')
  try {
    return await fetch(url, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (cause) {
    const message = `POST at ${url} got no answer: ${(cause as Error).message}`
    throw new OssError({ code: 'NetworkError', status: 0, message, cause })
  }
}

function fixOf(error: unknown): string {
  if (!(error instanceof OssError)) return 'Try again.'
  if (error.code === 'NetworkError') return 'Check OSS_ENDPOINT and OSS_CNAME: browsers send to that address.'
  if (error.code === 'AccessDenied') {
    return 'The RAM policy needs oss:PutObject for these keys; --prefix says which the server writes to.'
  }
  return error.hint ?? 'See docs/real-bucket.md.'
}
