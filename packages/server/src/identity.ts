import { UploadError } from '@oss-direct/shared'
import type { Caller } from './upload-route.ts'
import type { CallerContext } from './uploads-options.ts'

/**
 * Who makes a request. Null: it carries no credential of the kind that is looked for. Throws UploadError for one that is there
 * and wrong.
 */
export type Identify<C extends Caller> = (context: CallerContext) => C | null | Promise<C | null>

type CallerOf<I> = I extends Identify<infer C> ? C : never

/**
 * Several ways to be known, asked in order. The first that knows the caller decides, and so does the first that refuses: a wrong
 * key beside a good cookie is refused. Falling through would hide a key that has ended, and would let whoever can add a header
 * choose by which of his credentials he is judged.
 */
export function identifyBy<const I extends readonly Identify<Caller>[]>(
  ...identities: I
): Identify<CallerOf<I[number]>> {
  return async (context) => {
    for (const identify of identities) {
      const caller = await identify(context)
      if (caller !== null) return caller as CallerOf<I[number]>
    }
    return null
  }
}

/** The token of `Authorization: Bearer`; empty where there is the scheme alone. */
export function bearerOf({ authorization = '' }: CallerContext['headers']): string | undefined {
  return /^bearer( |$)/i.test(authorization) ? authorization.slice('bearer'.length).trim() : undefined
}

/**
 * The same answer whatever is wrong, so that nobody learns which half of a credential was right. `reason` is for the log of this
 * server and leaves it in no answer.
 */
export function notSignedIn(hint: string, reason: string): UploadError {
  return new UploadError('not-signed-in', 'This server does not know who you are', { hint, cause: new Error(reason) })
}
