import type { LoadRequest } from './load.ts'

/** Headers by which a server knows somebody. */
export type Caller = Readonly<Record<string, string>>

/** Known to an application of the bench. */
export function asCallers(count: number): Caller[] {
  return Array.from({ length: count }, (_, index) => ({ 'x-caller': `caller-${index}` }))
}

/** Known to the reference server, as its own page sends it. */
export function asVisitor(cookie: string): Caller {
  return { 'sec-fetch-site': 'same-origin', cookie }
}

/** Forms for so many files in each, the callers in turns. */
export function grantRequests(count: number, files: number, callers: readonly Caller[]): LoadRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    method: 'POST',
    path: '/uploads',
    headers: { 'content-type': 'application/json', ...callers[index % callers.length] },
    body: JSON.stringify({
      route: 'photo',
      input: { album: 'Holidays', tags: ['sea', 'sun'] },
      files: Array.from({ length: files }, (_, at) => ({
        name: `holiday-${at}.jpg`,
        size: 2_000_000 + at,
        type: 'image/jpeg',
      })),
    }),
  }))
}
