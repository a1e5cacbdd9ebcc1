/**
 * A key or a name that came percent-encoded in a header; nothing where it is no UTF-8. The Go SDK writes a space as `+`,
 * and no SDK leaves a plus sign bare. Node shows header bytes as Latin-1; some clients send UTF-8 as it is.
 */
export function decodeHeader(text: string): string | undefined {
  try {
    return decodeURIComponent(Buffer.from(text, 'latin1').toString().replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
