import { isIPv6 } from 'node:net'

/**
 * What stands for one network: an IPv4 address, or the first 64 bits of an IPv6 one, since every household has as many addresses
 * beneath them as it likes. `unknown` for a connection that has none.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown'
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? []
  if (mapped !== undefined) return mapped
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return ip
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // An IPv4 address at the end stands for two groups.
  const written = groups.length + after.length + (address.includes('.') ? 1 : 0)
  const all = tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - written)).fill('0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
