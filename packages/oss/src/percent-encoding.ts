/** Percent-encodes every byte of UTF-8 but letters, digits and `-_.~`, hex in upper case, as the V4 signature asks. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
}

/** The same for an object key in a path: its slashes stay. */
export function percentEncodeKey(key: string): string {
  return percentEncode(key).replaceAll('%2F', '/')
}

/** Decodes what is well-formed and keeps the rest as it is: a stray `%` is a character, not an error. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Some escape in it is no UTF-8; each well-formed run is decoded on its own.
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
  }
}
