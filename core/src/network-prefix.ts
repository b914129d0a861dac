// What network an address belongs to: who changes the end of an address at will is still the same one.
import { isIP } from 'node:net';
import { isLoopbackAddress } from './egress/public-address.ts';

/**
 * The first bits of an IPv4 or IPv6 address, as `network/bits`. An IPv4 address in IPv6's clothes (`::ffff:…`) is an IPv4 address.
 * Text that is no address stays as it is.
 */
export function networkPrefix(address: string, { v4, v6 }: { v4: number; v6: number }): string {
  const bare = plain(address).replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return address;
  const [parts, width, bits] = family === 4 ? [bare.split('.').map(Number), 8, v4] : [groupsOf(bare), 16, v6];
  const kept = parts.map((part, at) => {
    const free = Math.min(width, Math.max(0, width * (at + 1) - bits));
    return (part >> free) << free;
  });
  const text = family === 4 ? kept.join('.') : kept.map((group) => group.toString(16)).join(':');
  return `${text}/${bits}`;
}

/** Whether an address is this very machine's. Who connects from it may be a proxy, and stand for many. */
export const isThisMachine = (address: string): boolean => isLoopbackAddress(plain(address));

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // a dotted end (`::1.2.3.4`) is written in groups by the parser of addresses
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groups = (text: string) =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}
