/** Which bucket and object a request is about, decoded; empty where it names none. */
export interface Target {
  bucket: string
  key: string
}

export interface AddressingRules {
  /** Domains bound to a bucket (CNAME), by host name without port. */
  domains: Readonly<Record<string, string>>
}

/**
 * Finds bucket and key of a request. Gives nothing where the path is no valid percent-encoding.
 *
 * In this order: a bound domain, `BUCKET.localhost` or `BUCKET.oss-REGION.aliyuncs.com`, and for every other host the
 * first segment of the path. The path is decoded before the bucket is split off: the C SDK escapes that slash too.
 */
export function resolveTarget(host: string, path: string, rules: AddressingRules): Target | undefined {
  const decoded = decodePath(path)
  if (decoded === undefined) return undefined
  const hostname = host.replace(/:\d+$/, '').toLowerCase()
  const bucket = rules.domains[hostname] ?? bucketLabel(hostname)
  if (bucket !== undefined) return { bucket, key: decoded }
  const slash = decoded.indexOf('/')
  if (slash === -1) return { bucket: decoded, key: '' }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) }
}

function bucketLabel(hostname: string): string | undefined {
  return /^([^.]+)\.(?:localhost|oss-[^.]+\.aliyuncs\.com)$/.exec(hostname)?.[1]
}

// The Ruby SDK writes a space in a path as `+`; every other SDK escapes a plus sign, so a bare one is a space.
function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path.replace(/^\//, '').replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** Query parameters in order, decoded, and `?uploads` like `?uploads=`. */
export function readQuery(search: string): readonly (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(search)]
}
