// Which network addresses are the public internet's. What is not known to be public is not.
import { BlockList, isIP } from 'node:net';

/** Special-purpose IPv4 blocks (IANA registry, RFC 6890) with multicast and what is reserved. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Special-purpose blocks inside 2000::/3: protocol assignments (Teredo, ORCHID), documentation, 6to4, direct delegation. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const specialV4 = listOf(SPECIAL_V4, 'ipv4');
const globalV6 = listOf(['2000::/3'], 'ipv6');
const specialV6 = listOf(SPECIAL_V6, 'ipv6');
const loopback = listOf(['127.0.0.0/8'], 'ipv4');

/** Whether an IPv4 or IPv6 address belongs to a host on the public internet. Text that is no address is not public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !specialV4.check(address, 'ipv4');
  // of IPv6 only global unicast is let through; mapped, translated, link-local and scoped addresses are none of it
  return family === 6 && !address.includes('%') && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}

/** Whether an address is this very machine, said plainly: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) === 4 ? loopback.check(address, 'ipv4') : address === '::1';
}

function listOf(blocks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
