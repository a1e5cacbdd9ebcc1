/** Which bucket and object a request is about, decoded; empty where it names none. */
export interface Target {
  bucket: string
  key: string
}

export interface AddressingRules {
  /** Domains bound to a bucket (CNAME), by host name without port. `*.oss.test` bound to `*`: BUCKET.oss.test. */
  domains: Readonly<Record<string, string>>
}

/**
 * Finds bucket and key of a request. Gives nothing where the path is no valid percent-encoding of UTF-8.
 *
 * In this order: a bound domain, `BUCKET.localhost` or `BUCKET.` with an endpoint of OSS, and for every other host the
 * first segment of the path. The path is decoded before the bucket is split off: the C SDK escapes that slash too.
 */
export function resolveTarget(host: string, path: string, rules: AddressingRules): Target | undefined {
  const decoded = decodePath(path)
  if (decoded === undefined) return undefined
  const hostname = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
  const bucket = boundBucket(hostname, rules) ?? bucketLabel(hostname)
  if (bucket !== undefined) return { bucket, key: decoded }
  const slash = decoded.indexOf('/')
  if (slash === -1) return { bucket: decoded, key: '' }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) }
}

function boundBucket(hostname: string, { domains }: AddressingRules): string | undefined {
  // A host may be called `constructor`, which every object has.
  if (Object.hasOwn(domains, hostname)) return domains[hostname]
  const [, label, parent] = /^([^.]+)(\..+)$/.exec(hostname) ?? []
  return Object.hasOwn(domains, `*${parent}`) ? label : undefined
}

// Regional, internal, accelerated and dual-stack endpoints. Source: OSS Developer Guide, Regions and endpoints.
function bucketLabel(hostname: string): string | undefined {
  return /^([^.]+)\.(?:localhost|oss-[^.]+\.aliyuncs\.com|[^.]+\.oss\.aliyuncs\.com)$/.exec(hostname)?.[1]
}

// The Ruby SDK writes a space in a path as `+`; every other SDK escapes a plus sign, so a bare one is a space.
function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(escapeBytes(path).replace(/^\//, '').replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** Query parameters in order, decoded, and `?uploads` like `?uploads=`. */
export function readQuery(search: string): readonly (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(escapeBytes(search))]
}

/** What a client sent as it is and should have escaped, as curl does; Node shows each byte as a character. */
function escapeBytes(text: string): string {
  return text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}
