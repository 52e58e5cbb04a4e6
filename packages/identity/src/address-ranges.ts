import { BlockList, isIP } from 'node:net'

/** Ranges are read once for each list, which lives as long as a configuration version. */
const read = new WeakMap<readonly string[], BlockList>()

/** Whether an address lies in one of the ranges: addresses and networks in CIDR notation, IPv4 and IPv6. */
export function inRanges(ranges: readonly string[], address: string): boolean {
  let list = read.get(ranges)
  if (list === undefined) {
    list = readRanges(ranges)
    read.set(ranges, list)
  }
  const plain = plainAddress(address)
  return plain !== undefined && list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
}

/** An address as ranges name it, without the port that some proxies write (`203.0.113.7:51234`, `[2001:db8::1]:443`); undefined: it is none. */
export function plainAddress(address: string): string | undefined {
  const [, six, four] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(address) ?? []
  const plain = unmapped(six ?? four ?? address)
  return isIP(plain) === 0 ? undefined : plain
}

function readRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    const family = isIP(network) === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(network, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family)
  }
  return list
}

/** A socket that takes both families tells an IPv4 address as a mapped IPv6 one. */
function unmapped(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}
