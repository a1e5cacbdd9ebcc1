import { percentEncodeKey } from './percent-encoding.ts'

/** Where a bucket is, from where you stand: browsers and servers may see two addresses of the same one. */
export interface BucketAddress {
  name: string
  /** Bare, as signatures want it: `cn-hangzhou`. */
  region: string
  /** What keys hang below, without a slash at its end: `https://photos.oss-cn-hangzhou.aliyuncs.com`. */
  url: string
}

export interface BucketAddressOptions {
  bucket: string
  /** `cn-hangzhou`; a leading `oss-`, as older pages write it, is taken off. */
  region: string
  /** Host or URL of the service. @default the region's own endpoint, over https */
  endpoint?: string | undefined
  /** A domain that is bound to the bucket; it stands for bucket and endpoint both. */
  cname?: string | undefined
  /** The internal endpoint is for servers in the same region: fast and free of traffic costs. @default 'public' */
  network?: 'public' | 'internal'
}

/**
 * Bucket as a label before the endpoint's host, as OSS wants it; below it as a path for `localhost` and IP addresses, where a
 * label has nowhere to go. OSS itself refuses the path style; the local OSS takes both.
 *
 * Source: OSS Developer Guide, regions and endpoints.
 */
export function bucketAddress(options: BucketAddressOptions): BucketAddress {
  const { bucket: name, endpoint, cname, network = 'public' } = options
  const region = options.region.replace(/^oss-/, '')
  if (cname) return { name, region, url: trimSlash(withScheme(cname)) }
  const service = new URL(
    withScheme(endpoint || `oss-${region}${network === 'internal' ? '-internal' : ''}.aliyuncs.com`),
  )
  if (takesNoLabel(service.hostname))
    return { name, region, url: trimSlash(`${service.href.replace(/\/$/, '')}/${name}`) }
  service.hostname = `${name}.${service.hostname}`
  return { name, region, url: trimSlash(service.href) }
}

/** Address of one object; nothing in the key can lead out of the bucket. */
export function objectUrl(address: BucketAddress, key: string): string {
  return `${address.url}/${percentEncodeKey(key)}`
}

/** What an SDK has to be told of a bucket besides its name and region. */
export interface SdkEndpoint {
  /** Of the service, `https://oss-cn-hangzhou.aliyuncs.com`; with `cname` the bucket's own domain. */
  endpoint: string
  /** Where the SDK has to put the bucket's name. */
  addressing: 'virtual-host' | 'path' | 'cname'
}

/** A domain of the bucket's own that begins with the bucket's name comes apart as well, and the SDK puts it together again. */
export function sdkEndpoint({ name, url }: BucketAddress): SdkEndpoint {
  const { protocol, host, pathname } = new URL(url)
  if (pathname === `/${name}`) return { endpoint: `${protocol}//${host}`, addressing: 'path' }
  if (!host.startsWith(`${name}.`)) return { endpoint: url, addressing: 'cname' }
  return { endpoint: `${protocol}//${host.slice(name.length + 1)}`, addressing: 'virtual-host' }
}

function withScheme(text: string): string {
  return /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function takesNoLabel(hostname: string): boolean {
  return hostname === 'localhost' || hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname)
}
