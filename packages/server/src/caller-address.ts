import { isIPv4, isIPv6 } from 'node:net'

/**
 * What stands for one network: an IPv4 address, or the first 64 bits of an IPv6 one, since every household has as many addresses
 * beneath them as it likes. `unknown` for a connection that has none, and for what a header says instead of one: otherwise any
 * text would be somebody new.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown'
  // Some proxies write the port of the connection behind it.
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(ip) ?? []
  const [address = ''] = (bracketed ?? dotted ?? ip).split('%')
  const [, plain = address] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (isIPv4(plain)) return plain
  if (!isIPv6(address)) return 'unknown'
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
