import { ossError } from '@oss-direct/oss'
import type { StoredObject } from '../store/stored-object.ts'

/** The headers that carry conditions, as the error names them. */
export type ConditionHeaders = Readonly<Record<'match' | 'noneMatch' | 'modifiedSince' | 'unmodifiedSince', string>>

/** Whether the client's copy is still good. Throws OssError `PreconditionFailed` that names the header at fault. */
export function isUnchanged(
  object: Pick<StoredObject, 'etag' | 'lastModified'>,
  headers: Readonly<Record<string, string>>,
  names: ConditionHeaders,
): boolean {
  const sent = (name: string) => headers[name.toLowerCase()]
  // HTTP times have whole seconds.
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const match = sent(names.match)
  const noneMatch = sent(names.noneMatch)
  const modifiedSince = Date.parse(sent(names.modifiedSince) ?? '')
  const unmodifiedSince = Date.parse(sent(names.unmodifiedSince) ?? '')

  if (match !== undefined && !namesEtag(match, object.etag)) {
    throw ossError('PreconditionFailed', { details: { Condition: names.match } })
  }
  if (match === undefined && modified > unmodifiedSince) {
    throw ossError('PreconditionFailed', { details: { Condition: names.unmodifiedSince } })
  }
  if (noneMatch !== undefined) return namesEtag(noneMatch, object.etag)
  return modified <= modifiedSince
}

function namesEtag(text: string, etag: string): boolean {
  return text
    .split(',')
    .map((each) => each.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'))
    .some((each) => each === '*' || each.toUpperCase() === etag)
}
