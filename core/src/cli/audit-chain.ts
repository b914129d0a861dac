// `troupe audit anchors`, and what `troupe audit verify --chain` reads off the chain.
import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Rows } from '../db/database.ts';
import { coins } from '../seal/chain/anchorer.ts';
import { openNode } from '../seal/chain/node.ts';
import { type Listed, type ReadAnchor, readChainAnchors } from '../seal/chain/read.ts';
import { openSigner } from '../seal/chain/signer.ts';
import { type ListedAnchor, listAnchors } from '../seal/chain/store.ts';
import { sealErrors } from '../seal/errors.ts';
import type { Finding } from '../seal/findings.ts';
import type { Settings } from '../settings.ts';
import { withRecord } from './audit-record.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords, UsageError } from './words.ts';

/** As many are listed, the newest; one an hour is 8,760 a year. */
const MOST_ANCHORS = 100_000;

export async function anchors(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { values } = parseWords({ args: [...words], options: { json: { type: 'boolean' } } });
  const listed = await withRecord(found, ({ rows }) => anchorsIn(rows));
  process.stdout.write(values.json ? `${JSON.stringify(listed, null, 1)}\n` : listed.map((one) => `${lineOf(one)}\n`).join(''));
  if (listed.length === 0) process.stderr.write('Nothing was anchored on a chain.\n');
  return 0;
}

function lineOf({ state, size, chainId, address, nonce, hash, blockNumber, blockAt, at, feeWei }: ListedAnchor): string {
  const where = blockAt ? `in block ${blockNumber} of ${blockAt.toISOString()}` : `since ${at.toISOString()}`;
  const cost = blockAt ? `cost ${coins(BigInt(feeWei))}` : `costs up to ${coins(BigInt(feeWei))}`;
  return `${state.padEnd(10)}${String(size).padStart(9)} rows  chain ${chainId} ${address} ${nonce}  ${hash} ${where}, ${cost}`;
}

export interface FoundOnChain {
  readonly chainId: number;
  readonly addresses: readonly string[];
  readonly anchors: readonly ReadAnchor[];
  readonly findings: readonly Finding[];
}

export interface AskedOfChain {
  /** Of the node. */
  readonly url: string;
  /** Files of `troupe audit anchors --json`, which count beside what the database lists. */
  readonly lists: readonly string[];
  /** Whose anchors; none: those whom the settings and the database of this house name. */
  readonly addresses: readonly string[];
  /** Undefined: the house that is checked is another one than this. */
  readonly settings: Settings | undefined;
}

/** Errors: those of the node, seal.other_chain, seal.no_anchor_address, seal.bad_anchor_list. */
export async function anchorsOnChain(rows: Rows, { url, lists, addresses, settings }: AskedOfChain): Promise<FoundOnChain> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError('--chain takes the JSON-RPC address of a node, http or https.');
  const wrong = addresses.find((address) => !/^0x[0-9a-f]{40}$/i.test(address));
  if (wrong !== undefined) throw new UsageError(`"${wrong}" is no address: --anchor-address takes 0x and 40 hexadecimal digits.`);
  const node = openNode(url);
  const chainId = await node.chainId();
  const given = lists.flatMap(listIn);
  const stored = await anchorsIn(rows);
  const own = settings?.chainAnchor;
  const known = new Set([...[...given, ...stored].map((one) => one.chainId), ...(own ? [own.chainId] : [])]);
  if (known.size > 0 && !known.has(chainId))
    throw sealErrors.other_chain({ expected: [...known].join(' or '), answered: chainId });
  const here = <T extends { readonly chainId: number }>(listed: readonly T[]) => listed.filter((one) => one.chainId === chainId);
  const mine = own?.chainId === chainId ? [(await openSigner(own)).address] : [];
  // whoever checks a house by its public key believes nothing that its database says of whose anchors they are
  const named = settings ? [...here(stored).map(({ address }) => address), ...mine] : [];
  const whose = addresses.length > 0 ? addresses : named;
  if (whose.length === 0) throw sealErrors.no_anchor_address();
  const all = [...new Set(whose.map((address) => address.toLowerCase()))];
  const list = async (): Promise<Listed[]> => here([...given, ...(await anchorsIn(rows))]);
  const found = await readChainAnchors({ node, addresses: all, list, origin: await originIn(rows) });
  return { chainId, addresses: all, ...found };
}

/** An older database has none. */
async function anchorsIn(rows: Rows): Promise<ListedAnchor[]> {
  const [made] = await rows<{ there: boolean }>(sql`select to_regclass('core.chain_anchors') is not null as there`);
  return made?.there ? listAnchors(rows, MOST_ANCHORS) : [];
}

async function originIn(rows: Rows): Promise<string> {
  const [first] = await rows<{ origin: string }>(sql`select k.origin from core.seal_keys k order by k.id limit 1`);
  return first?.origin ?? '';
}

const listed = z.array(
  z.looseObject({ chainId: z.int().positive(), hash: z.string().regex(/^0x[0-9a-f]{64}$/i), state: z.string().optional() }),
);

function listIn(path: string): z.output<typeof listed> {
  try {
    return listed.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw sealErrors.bad_anchor_list({ file: path }, cause);
  }
}
