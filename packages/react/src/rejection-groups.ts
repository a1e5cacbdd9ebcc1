import type { RouteRules, UploadErrorCode } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { describeTypes } from './accepted-types.ts'
import type { Language } from './language.tsx'
import { errorText } from './messages.ts'

export type RejectedUpload = Extract<Upload, { phase: 'rejected' }>

export interface RejectionGroup {
  code: UploadErrorCode
  uploads: RejectedUpload[]
}

/** Refused files by what is wrong with them, in the order in which each reason first came up. */
export function groupRejections(uploads: readonly Upload[]): RejectionGroup[] {
  const groups = new Map<UploadErrorCode, RejectionGroup>()
  for (const upload of uploads) {
    if (upload.phase !== 'rejected') continue
    const { code } = upload.error
    const group = groups.get(code) ?? { code, uploads: [] }
    group.uploads.push(upload)
    groups.set(code, group)
  }
  return [...groups.values()]
}

/** Why, with the route's own limit in it. */
export function rejectionReason(
  code: UploadErrorCode,
  rules: RouteRules | undefined,
  { messages, formats }: Language,
): string {
  if (rules !== undefined) {
    if (code === 'file-too-large') return messages.tooLarge(formats.bytes(rules.maxBytes))
    if (code === 'file-too-small' && rules.minBytes <= 1) return messages.empty
    if (code === 'file-too-small') return messages.tooSmall(formats.bytes(rules.minBytes))
    if (code === 'file-type-refused') return messages.typeRefused(describeTypes(rules.accept, messages, formats))
    if (code === 'too-many-files') return messages.tooMany(rules.maxFiles)
  }
  return errorText(messages, code).title
}
