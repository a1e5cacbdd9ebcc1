import type { LoadRequest } from './load.ts'

/** As the page of the reference server asks, its visitors in turns. */
export function grantRequests(count: number, files: number, cookies: readonly string[]): LoadRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    method: 'POST',
    path: '/uploads',
    headers: asVisitor(cookies[index % cookies.length]),
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

function asVisitor(cookie = ''): Record<string, string> {
  return { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie }
}
