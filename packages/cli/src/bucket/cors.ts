import { type OssError, objectUrl, readOssError } from '@oss-direct/oss'
import { EXPOSED, PAGE_METHODS } from './cors-rule.ts'
import { type Finding, reporter } from './finding.ts'
import type { BucketSettings } from './settings.ts'
import { describeError } from './site.ts'

const { ok, warning, wrong, skipped } = reporter('cors')
const FIX = 'Set the rule: oss-direct setup shows it, and --apply sets it.'
const NEEDED_FOR = { POST: 'forms', PUT: 'files in parts' } as const
const TIMEOUT_MS = 5000

/** Asks as a browser does before it sends. A page with a progress bar always asks, and a preflight is never signed. */
export async function* checkCors({ publicAddress, origins }: BucketSettings, key: string): AsyncGenerator<Finding> {
  for (const origin of origins) {
    for (const method of PAGE_METHODS) {
      // The key of a form is a field of it; a part has its own address.
      yield await askOnce(method === 'POST' ? `${publicAddress.url}/` : objectUrl(publicAddress, key), origin, method)
    }
  }
}

async function askOnce(url: string, origin: string, method: (typeof PAGE_METHODS)[number]): Promise<Finding> {
  const headers = { origin, 'access-control-request-method': method }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const answer = await fetch(url, { method: 'OPTIONS', headers, redirect: 'manual', signal }).catch(() => undefined)
  if (answer === undefined) return skipped('the public address of the bucket gives no answer')
  const body = await answer.text()
  const allowed = answer.headers.get('access-control-allow-origin')
  if (!answer.ok || (allowed !== origin && allowed !== '*')) {
    const reason = answer.ok ? 'the answer does not allow it' : reasonOf(readOssError({ ...answerOf(answer), body }))
    const why = `${origin} may not send ${NEEDED_FOR[method]} (${method}): ${reason}`
    return method === 'POST' ? wrong(why, FIX) : warning(why, `Routes with the transport multipart need it. ${FIX}`)
  }
  const exposed = (answer.headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/\s*,\s*/)
  const hidden = Object.keys(EXPOSED).filter((name) => !exposed.includes(name.toLowerCase()))
  if (hidden.length === 0) return ok(`${origin} may send ${NEEDED_FOR[method]} (${method}), and read what it has to`)
  const losses = hidden.map((name) => `${name}: ${EXPOSED[name]}`)
  return warning(`${origin} may send ${NEEDED_FOR[method]} (${method}), but not read ${losses.join('; ')}`, FIX)
}

const answerOf = ({ status, headers }: Response) => ({ status, headers })

/** OSS's own sentence is long, and says the same. */
function reasonOf(error: OssError): string {
  if (error.code !== 'AccessForbidden') return describeError(error)
  return error.message.includes('not enabled') ? 'the bucket has no CORS rule' : 'no CORS rule of the bucket allows it'
}
