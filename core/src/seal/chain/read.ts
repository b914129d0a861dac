// Reads anchors off a chain for a verification: what was said there, by whom and when, whatever the database says of it.
import type { ChainAnchor } from '../check-roots.ts';
import type { Finding } from '../findings.ts';
import { same, sha256 } from '../merkle.ts';
import type { ChainNode } from './node.ts';
import { decodeAnchor } from './payload.ts';

/** A transaction that somebody says holds an anchor. */
export interface Listed {
  readonly hash: string;
  readonly state?: string | undefined;
}

export interface ReadAnchor extends ChainAnchor {
  readonly hash: string;
  readonly block: number;
  /** When, as the block says. */
  readonly at: string;
}

export interface ReadOptions {
  readonly node: Pick<ChainNode, 'transaction' | 'transactionCount' | 'blockAt'>;
  /** Who anchors, in lower case. */
  readonly addresses: readonly string[];
  /** Asked when the chain has been counted: an anchor is stored before it is sent, so whatever was counted stands in the list. */
  list(): Promise<readonly Listed[]>;
  /** The name of the log. */
  readonly origin: string;
}

const ASKED_AT_ONCE = 8;

/**
 * Whose key anchors and does nothing else has sent as many transactions as there are anchors: so a list that leaves one out is found.
 * Errors: those of the node.
 */
export async function readChainAnchors(options: ReadOptions): Promise<{ anchors: ReadAnchor[]; findings: Finding[] }> {
  const { node, addresses, origin } = options;
  const counts = await Promise.all(addresses.map((address) => node.transactionCount(address, 'latest')));
  const seen = new Map(addresses.map((address): [string, Set<number>] => [address, new Set()]));
  const findings: Finding[] = [];
  const anchors: ReadAnchor[] = [];
  const log = sha256(origin);
  const times = new Map<number, Promise<string>>();
  const timeOf = (number: number) => {
    const known = times.get(number) ?? node.blockAt(number).then((block) => momentOf(block?.timestamp));
    times.set(number, known);
    return known;
  };

  async function read({ hash, state }: Listed): Promise<void> {
    const found = await node.transaction(hash);
    if (typeof found?.blockNumber !== 'number') {
      if (state === 'confirmed') findings.push({ kind: 'anchor.gone', from: hash });
      return;
    }
    const nonces = seen.get(found.from);
    if (!nonces) {
      findings.push({ kind: 'anchor.foreign', from: hash });
      return;
    }
    nonces.add(found.nonce);
    const said = decodeAnchor(Buffer.from(found.input.slice(2), 'hex'));
    if (!said) return; // it says nothing of any log
    const at = await timeOf(found.blockNumber);
    const from = `${hash} (block ${found.blockNumber}, ${at})`;
    if (!same(said.log, log)) findings.push({ kind: 'anchor.other_log', size: said.size, from });
    else anchors.push({ size: said.size, root: said.root, from, hash, block: found.blockNumber, at });
  }

  const states = new Map<string, Listed>();
  for (const one of await options.list()) {
    const hash = one.hash.toLowerCase();
    states.set(hash, { hash, state: states.get(hash)?.state === 'confirmed' ? 'confirmed' : one.state });
  }
  const left = [...states.values()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await read(next);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work));
  for (const [index, address] of addresses.entries()) findings.push(...unlisted(address, counts[index] ?? 0, seen.get(address)));
  anchors.sort((one, other) => one.size - other.size || one.block - other.block);
  return { anchors, findings };
}

/** Stretches of numbers that were used on the chain and stand in no list. */
function unlisted(address: string, count: number, seen: ReadonlySet<number> = new Set()): Finding[] {
  const found: Finding[] = [];
  for (let nonce = 0; nonce < count; nonce++) {
    if (seen.has(nonce)) continue;
    const first = nonce;
    while (nonce + 1 < count && !seen.has(nonce + 1)) nonce += 1;
    found.push({ kind: 'anchor.unlisted', nonce: first, until: nonce + 1, from: address });
  }
  return found;
}

const momentOf = (seconds: number | undefined): string =>
  seconds === undefined ? 'at an unknown time' : new Date(seconds * 1000).toISOString().replace('.000', '');
