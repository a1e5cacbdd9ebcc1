import { checkFile, formatBytes, parseRouteRules, type RouteRules, UploadError } from '@oss-direct/shared'
import type { Api } from './api.ts'
import { MOST_IN_ONE_FORM } from './choose-transport.ts'
import { once } from './once.ts'
import type { FileFacts } from './upload.ts'

/** The server's rules, asked for once. They spare people a wait; the server judges by the same again. */
export interface RulesBook {
  /** A question that failed is asked again by the next caller. Rejects with UploadError. */
  load(): Promise<Readonly<Record<string, RouteRules>>>
  /** As far as they are known. */
  find(route: string): RouteRules | undefined
}

export function createRulesBook(api: Api): RulesBook {
  let known: Readonly<Record<string, RouteRules>> = {}
  return {
    load: once(async () => {
      known = parseRouteRules(await api('GET', '/routes'))
      return known
    }),
    find: (route) => (Object.hasOwn(known, route) ? known[route] : undefined),
  }
}

/** Why a route does not take the file that stands at `index` of a drop; nothing where it does. */
export function refusalOf(file: FileFacts, index: number, rules: RouteRules): UploadError | undefined {
  if (index >= rules.maxFiles) {
    return new UploadError('too-many-files', `${file.name} is one too many; at most ${rules.maxFiles} files at a time`)
  }
  if (file.size > MOST_IN_ONE_FORM && !rules.transports.includes('multipart')) {
    return new UploadError('file-too-large', `${file.name} has ${formatBytes(file.size)}; OSS takes 5 GB in one form`, {
      hint: 'A route that allows the transport "multipart" takes larger files.',
    })
  }
  const check = checkFile(file, rules)
  return check.ok ? undefined : new UploadError(check.error.code, check.error.detail, { hint: check.error.hint })
}
