import type { FormGrant } from '@oss-direct/shared'
import { attempt, type SendingOptions } from './attempt.ts'
import { judgeAttempt, type Verdict } from './verdict.ts'

export interface FormSending extends SendingOptions {
  grant: FormGrant
  /** The last byte has left; nothing is known of it yet. */
  onBytesSent(): void
}

/** Sends a file as one form, once. Rejects only with UploadError `cancelled`. */
export async function sendForm({ grant, ...options }: FormSending): Promise<Verdict> {
  const made = await attempt({ ...options, method: 'POST', url: grant.url, body: formOf(grant, options.file) })
  return judgeAttempt(made, grant.id)
}

function formOf({ fields }: FormGrant, file: File): FormData {
  const form = new FormData()
  for (const name in fields) form.append(name, fields[name] ?? '')
  // Last: OSS takes what stands behind it for no part of the form.
  form.append('file', file)
  return form
}
