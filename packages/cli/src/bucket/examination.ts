import { randomBytes } from 'node:crypto'
import { objectUrl } from '@oss-direct/oss'
import { checkCallback } from './callback.ts'
import { checkConnection } from './connection.ts'
import { checkCors } from './cors.ts'
import { type CheckName, type Finding, reporter } from './finding.ts'
import { checkForm } from './form.ts'
import { checkLifecycle } from './lifecycle.ts'
import { checkParts } from './parts.ts'
import { checkRights } from './rights.ts'
import type { BucketSettings } from './settings.ts'
import { clientsOf, describeError, type Site } from './site.ts'

/**
 * Looks at a bucket from one end to the other, as the server and its pages will use it. What it stores begins with `prefix`
 * and is removed in the end, whatever happens.
 */
export async function* examine(settings: BucketSettings, prefix: string): AsyncGenerator<Finding> {
  const keyStem = `${prefix}doctor-${randomBytes(8).toString('hex')}`
  const address = yield* checkConnection(settings, `${keyStem}-nothing.txt`)
  yield* checkCors(settings, `${keyStem}-parts.txt`)
  if (address === undefined) {
    for (const check of NEED_A_BUCKET) yield reporter(check).skipped('the bucket has to be reached first')
    return
  }
  const site: Site = { settings, ...clientsOf(settings, address), keyStem, stored: new Set() }
  try {
    // A clock that is off is learned by this, so that the form is signed by OSS's.
    await site.objects.head(`${keyStem}-nothing.txt`).catch(() => undefined)
    if (yield* checkForm(site)) yield* checkCallback(site)
    else yield reporter('callback').skipped('a form has to be taken first')
    yield* checkParts(site)
    yield* checkLifecycle(site, prefix)
    yield* checkRights(site, prefix)
  } finally {
    yield* cleanUp(site)
  }
}

const NEED_A_BUCKET: readonly CheckName[] = ['form', 'callback', 'parts', 'lifecycle', 'rights']
const cleanup = reporter('cleanup')

async function* cleanUp({ objects, stored, settings }: Site): AsyncGenerator<Finding> {
  for (const key of stored) {
    try {
      await objects.remove(key)
    } catch (error) {
      yield cleanup.wrong(
        `${objectUrl(settings.publicAddress, key)} could not be removed: ${describeError(error)}`,
        'The RAM policy needs oss:DeleteObject; remove the object by hand.',
      )
      continue
    }
    stored.delete(key)
  }
  if (stored.size === 0) yield cleanup.ok('What was sent is removed')
}
