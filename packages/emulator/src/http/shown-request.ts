// What the request log may show of a request. Both are lists of what is harmless, so that a header or parameter nobody
// thought of stays hidden: Authorization, tokens, cookies, and signatures in the URL.

const HEADERS: readonly string[] = [
  'host',
  'date',
  'user-agent',
  'origin',
  'accept-encoding',
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'expect',
  'transfer-encoding',
  'cache-control',
  'access-control-request-method',
  'access-control-request-headers',
  'x-oss-acl',
  'x-oss-object-acl',
  'x-oss-content-sha256',
  'x-oss-copy-source',
  'x-oss-copy-source-range',
  'x-oss-date',
  'x-oss-forbid-overwrite',
  'x-oss-metadata-directive',
  'x-oss-range-behavior',
  'x-oss-storage-class',
  'x-oss-symlink-target',
  'x-oss-tagging',
]

const PARAMETERS: readonly string[] = [
  'Action',
  'continuation-token',
  'delimiter',
  'encoding-type',
  'key-marker',
  'list-type',
  'marker',
  'max-keys',
  'max-parts',
  'max-uploads',
  'part-number-marker',
  'partNumber',
  'position',
  'prefix',
  'start-after',
  'upload-id-marker',
  'uploadId',
  'x-oss-date',
  'x-oss-expires',
  'x-oss-signature-version',
]

const MAX_CHARACTERS = 1024

export function shownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      HEADERS.includes(name) || name.startsWith('content-') ? [[name, value.slice(0, MAX_CHARACTERS)]] : [],
    ),
  )
}

export function shownQuery(query: readonly (readonly [name: string, value: string])[]): string {
  return query
    .map(([name, value]) => {
      if (value === '') return name
      return `${name}=${PARAMETERS.includes(name) ? value : '…'}`
    })
    .join('&')
    .slice(0, MAX_CHARACTERS)
}
