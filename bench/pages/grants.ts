import type { Grant, GrantAnswer, GrantRequest } from '@oss-direct/shared'
import { type Answer, ROUTE } from './contender.ts'

export type GrantBy<Kind> = Extract<Grant, { transport: Kind }>

const MOST_IN_ONE_CALL = 50

/** Asks our server as an application's own code would: for as many files in one call as it takes. */
export async function fetchGrants<Kind extends 'post' | 'put'>(
  files: readonly File[],
  transport: Kind,
): Promise<GrantBy<Kind>[]> {
  const grants: GrantBy<Kind>[] = []
  for (let at = 0; at < files.length; at += MOST_IN_ONE_CALL) {
    const asked = files.slice(at, at + MOST_IN_ONE_CALL).map(({ name, size, type }) => ({ name, size, type }))
    const answer = await fetch('/uploads', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ route: ROUTE, transport, files: asked } satisfies GrantRequest),
    })
    if (!answer.ok) throw new Error(`The server answered ${answer.status}: ${await answer.text()}`)
    for (const outcome of ((await answer.json()) as GrantAnswer).grants) {
      if (!outcome.ok) throw new Error(outcome.error.detail)
      grants.push(outcome.grant as GrantBy<Kind>)
    }
  }
  return grants
}

/** For those who ask for each file when its turn has come. */
export async function fetchForm(file: File): Promise<GrantBy<'post'>> {
  const [grant] = await fetchGrants([file], 'post')
  if (grant === undefined) throw new Error(`No grant for ${file.name}`)
  return grant
}

export function formOf({ fields }: GrantBy<'post'>, file: Blob): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', file)
  return form
}

/** What the application says, as OSS passes it on. */
export function readAnswer(text: string): Answer {
  return (JSON.parse(text) as { result: Answer }).result
}
