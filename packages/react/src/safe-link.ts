/**
 * The address that a text of the application's answer may link to: http or https, or a path on the page's own origin.
 * Everything else (`javascript:`, `data:`, `//elsewhere`, credentials in the address) is text and stays text.
 *
 * - `page` the page's own address
 */
export function safeLink(text: string, page: string): string | undefined {
  const absolute = /^https?:\/\//i.test(text)
  if ((!absolute && !text.startsWith('/')) || text.length > LONGEST) return undefined
  // The URL parser drops tabs and line ends, so that "/\t/evil.example" is another host.
  if (hasSpaceOrControl(text)) return undefined
  const url = parseUrl(text, page)
  if (url === undefined || url.username !== '' || url.password !== '') return undefined
  if (absolute) return url.href
  return url.origin === parseUrl(page)?.origin ? text : undefined
}

/** No browser shows more of an address, and few servers take it. */
const LONGEST = 4096

function hasSpaceOrControl(text: string): boolean {
  return Array.from(text).some((character) => character <= ' ' || character === '\u007f')
}

function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
