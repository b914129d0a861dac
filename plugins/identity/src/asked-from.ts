// From which network something was begun, so that one of them cannot begin without end. Their addresses are people's, and are not kept.
import { isThisMachine, networkPrefix, type Tools } from '@troupe-os/core';

/** A keyed digest of the address (IPv6: of its /64). Null: there is none, or it is this very machine's, which stands for many. */
export function askedFrom({ address, digest }: Pick<Tools, 'address' | 'digest'>): string | null {
  if (address === undefined || isThisMachine(address)) return null;
  return digest(['asked from', networkPrefix(address, { v4: 32, v6: 64 })]);
}
