import type { Report } from './stage-client.ts'

// What tests of uploads in parts send, and how they read what came of it.

export function partsOf({ requests }: Report) {
  return requests
    .filter(({ operation }) => operation === 'UploadPart')
    .map((request) => ({ ...request, number: Number(new URLSearchParams(request.query).get('partNumber')) }))
}

/** Parts that OSS took more than once. */
export function storedTwice(seen: Report): number[] {
  const stored = partsOf(seen).flatMap(({ number, status }) => (status === 200 ? [number] : []))
  return stored.filter((number, index) => stored.indexOf(number) !== index)
}

export function callsTo(verb: string, { calls }: Report): string[] {
  return calls.filter((call) => call === `POST /uploads/:id/${verb}`)
}

export function noise(size: number): Blob {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return new Blob([bytes])
}

export async function sha256Of(content: Blob): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await content.arrayBuffer()))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
