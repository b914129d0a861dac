// Whose request it is, where proxies stand in between: only what proxies that are trusted wrote is believed.
import { BlockList, isIP } from 'node:net';

/** Whether an address is a trusted proxy's. `networks`: addresses and networks (`10.0.0.0/8`, `fd00::/8`). Undefined for what is neither. */
export function trustedProxies(networks: readonly string[]): BlockList | undefined {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const family = isIP(address);
    const width = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || !(prefix <= width) || rest.length > 0) return undefined;
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/**
 * The visitor's address: the newest one of `X-Forwarded-For` that is no trusted proxy's, each entry being believed only where the one
 * who wrote it is trusted. Without trust in whoever connects, whoever connects.
 */
export function visitorAddress(
  connected: string | undefined,
  forwarded: string | undefined,
  trusted: BlockList | undefined,
): string | undefined {
  if (connected === undefined || forwarded === undefined || !trusted) return connected;
  let known = connected;
  for (const entry of forwarded.split(',').reverse()) {
    const next = plain(entry.trim());
    if (!isTrusted(plain(known), trusted) || isIP(next) === 0) break;
    known = next;
  }
  return known;
}

const isTrusted = (address: string, trusted: BlockList): boolean =>
  isIP(address) !== 0 && trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** An IPv4 address in IPv6's clothes is an IPv4 address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
