// Anchors on chains as the database keeps them. Each statement is all or nothing; what may become of an anchor the database decides.
import { type SQL, sql } from 'drizzle-orm';
import type { Rows } from '../../db/database.ts';
import { databaseError } from '../../db/database-error.ts';
import type { Price, SignedTransaction } from './signer.ts';

/** Whose anchors: one address on one chain. */
export interface AnchorPlace {
  readonly chainId: number;
  readonly address: string;
}

export interface OpenAnchor {
  readonly nonce: number;
  readonly size: number;
  readonly root: Buffer;
  readonly state: 'stored' | 'sent' | 'unknown';
  /** The newest first. */
  readonly transactions: readonly StoredTransaction[];
}

export interface StoredTransaction extends SignedTransaction {
  readonly attempt: number;
  readonly price: Price;
  readonly secondsAgo: number;
}

export interface ConfirmedAnchor {
  readonly nonce: number;
  readonly hash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

export interface PlaceState {
  readonly open: readonly OpenAnchor[];
  /** The largest that was anchored or is about to be; 0: none. */
  readonly size: number;
  /** Behind all nonces that this database knows. */
  readonly nextNonce: number;
  /** Since the newest one was stored; undefined: there is none. */
  readonly secondsSince: number | undefined;
}

const of = ({ chainId, address }: AnchorPlace): SQL => sql`a.chain_id = ${chainId} and a.address = ${address}`;
const FIRST_COMES = new Set(['23505', 'TR005']);

export async function readPlace(rows: Rows, place: AnchorPlace): Promise<PlaceState> {
  const [sum] = await rows<{ size: string; next: string; seconds: number | null }>(sql`
    select coalesce(max(a.size) filter (where a.state <> 'displaced'), 0) as size, coalesce(max(a.nonce) + 1, 0) as next,
      extract(epoch from now() - max(a.at) filter (where a.state <> 'displaced'))::float8 as seconds
    from core.chain_anchors a where ${of(place)}`);
  const found = await rows<OpenRow>(sql`
    select a.nonce, a.size, a.root, a.state, t.hash, t.raw, t.attempt, t.gas, t.fee_per_gas_wei as fee, t.tip_per_gas_wei as tip,
      extract(epoch from now() - t.at)::float8 as seconds
    from core.chain_anchors a join core.chain_transactions t using (chain_id, address, nonce)
    where ${of(place)} and a.state not in ('confirmed', 'displaced') order by a.nonce, t.attempt desc`);
  const open = [...Map.groupBy(found, ({ nonce }) => nonce).values()].map(anchorOf);
  return {
    open,
    size: Number(sum?.size ?? 0),
    nextNonce: Number(sum?.next ?? 0),
    secondsSince: sum?.seconds ?? undefined,
  };
}

interface OpenRow {
  readonly nonce: string;
  readonly size: string;
  readonly root: Uint8Array;
  readonly state: OpenAnchor['state'];
  readonly hash: string;
  readonly raw: string;
  readonly attempt: number;
  readonly gas: string;
  readonly fee: string;
  readonly tip: string;
  readonly seconds: number;
}

function anchorOf(found: readonly OpenRow[]): OpenAnchor {
  const [{ nonce, size, root, state }] = found as [OpenRow];
  const transactions = found.map(({ hash, raw, attempt, gas, fee, tip, seconds }) => ({
    hash,
    raw,
    attempt,
    price: { gas: BigInt(gas), feePerGas: BigInt(fee), tipPerGas: BigInt(tip) },
    secondsAgo: seconds,
  }));
  return { nonce: Number(nonce), size: Number(size), root: Buffer.from(root), state, transactions };
}

export async function readNewestConfirmed(rows: Rows, place: AnchorPlace): Promise<ConfirmedAnchor | undefined> {
  const [found] = await rows<{ nonce: string; hash: string; number: string; block: string }>(sql`
    select a.nonce, a.transaction_hash as hash, a.block_number as number, a.block_hash as block
    from core.chain_anchors a where ${of(place)} and a.state = 'confirmed' order by a.nonce desc limit 1`);
  return found && { nonce: Number(found.nonce), hash: found.hash, blockNumber: Number(found.number), blockHash: found.block };
}

interface Cap {
  /** What anchors may cost in 24 hours, with all that are open at the most that they may cost. */
  readonly mostFeeADay: bigint;
}

export interface Intent extends SignedTransaction {
  readonly nonce: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly price: Price;
}

/** Stores an anchor with what was signed for it. Answers what stood in the way: another process that was first, or the cap. */
export async function storeAnchor(
  rows: Rows,
  place: AnchorPlace,
  { nonce, size, root, price, hash, raw }: Intent,
  { mostFeeADay }: Cap,
): Promise<'stored' | 'taken' | 'capped'> {
  const fee = feeOf(price);
  return unlessTaken(
    rows(sql`
      with anchor as (
        insert into core.chain_anchors (chain_id, address, nonce, size, root, fee_wei)
          select ${place.chainId}, ${place.address}, ${nonce}, ${size}, ${root}, ${String(fee)}::numeric
          where ${spentToday(place)} + ${String(fee)}::numeric <= ${String(mostFeeADay)}::numeric
          returning chain_id, address, nonce
      )
      insert into core.chain_transactions (hash, chain_id, address, nonce, attempt, raw, gas, fee_per_gas_wei, tip_per_gas_wei)
        select ${hash}, a.chain_id, a.address, a.nonce, 0, ${raw}, ${pricesOf(price)} from anchor a returning 1`),
  );
}

/** The same anchor at a higher price. */
export async function storeAttempt(
  rows: Rows,
  place: AnchorPlace,
  { nonce, attempt, price, hash, raw }: SignedTransaction & { nonce: number; attempt: number; price: Price },
  { mostFeeADay }: Cap,
): Promise<'stored' | 'taken' | 'capped'> {
  const fee = feeOf(price);
  return unlessTaken(
    rows(sql`
      with anchor as (
        update core.chain_anchors a set fee_wei = greatest(a.fee_wei, ${String(fee)}::numeric)
          where ${of(place)} and a.nonce = ${nonce} and a.state not in ('confirmed', 'displaced')
            and ${spentToday(place)} - a.fee_wei + ${String(fee)}::numeric <= ${String(mostFeeADay)}::numeric
          returning chain_id, address, nonce
      )
      insert into core.chain_transactions (hash, chain_id, address, nonce, attempt, raw, gas, fee_per_gas_wei, tip_per_gas_wei)
        select ${hash}, a.chain_id, a.address, a.nonce, ${attempt}, ${raw}, ${pricesOf(price)} from anchor a returning 1`),
  );
}

/** An open anchor counts however old it is: it may be paid for today. */
const spentToday = (place: AnchorPlace): SQL => sql`(
  select coalesce(sum(d.fee_wei), 0) from core.chain_anchors d where d.chain_id = ${place.chainId} and d.address = ${place.address}
    and (d.at > now() - interval '24 hours' or d.state not in ('confirmed', 'displaced')))`;

const pricesOf = ({ gas, feePerGas, tipPerGas }: Price): SQL =>
  sql`${String(gas)}::bigint, ${String(feePerGas)}::numeric, ${String(tipPerGas)}::numeric`;

/** The most that it may cost, in wei. */
export const feeOf = ({ gas, feePerGas }: Price): bigint => gas * feePerGas;

async function unlessTaken(storing: Promise<unknown[]>): Promise<'stored' | 'taken' | 'capped'> {
  try {
    return (await storing).length > 0 ? 'stored' : 'capped';
  } catch (error) {
    if (FIRST_COMES.has(databaseError(error)?.sqlstate ?? '')) return 'taken';
    throw error;
  }
}

export async function markSent(rows: Rows, place: AnchorPlace, nonce: number): Promise<void> {
  await rows(
    sql`update core.chain_anchors a set state = 'sent' where ${of(place)} and a.nonce = ${nonce} and a.state in ('stored', 'unknown')`,
  );
}

/** Whether the node was given it is not known: it is asked by its hash before anything else is done. */
export async function markUnknown(rows: Rows, place: AnchorPlace, nonce: number): Promise<void> {
  await rows(
    sql`update core.chain_anchors a set state = 'unknown' where ${of(place)} and a.nonce = ${nonce} and a.state in ('stored', 'sent')`,
  );
}

export async function markDisplaced(rows: Rows, place: AnchorPlace, nonce: number): Promise<void> {
  await rows(sql`update core.chain_anchors a set state = 'displaced', fee_wei = 0
    where ${of(place)} and a.nonce = ${nonce} and a.state not in ('confirmed', 'displaced')`);
}

/** The chain has forgotten the block in which it stood. */
export async function reopen(rows: Rows, place: AnchorPlace, { nonce, blockHash }: ConfirmedAnchor): Promise<void> {
  await rows(sql`update core.chain_anchors a
    set state = 'sent', transaction_hash = null, block_number = null, block_hash = null, block_at = null,
      fee_wei = (select max(t.gas * t.fee_per_gas_wei) from core.chain_transactions t where (t.chain_id, t.address, t.nonce) = (a.chain_id, a.address, a.nonce))
    where ${of(place)} and a.nonce = ${nonce} and a.state = 'confirmed' and a.block_hash = ${blockHash}`);
}

export interface Confirmation {
  readonly nonce: number;
  readonly hash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Seconds since 1970, as the block says. */
  readonly blockTime: number;
  readonly fee: bigint;
}

export async function markConfirmed(rows: Rows, place: AnchorPlace, confirmation: Confirmation): Promise<void> {
  const { nonce, hash, blockNumber, blockHash, blockTime, fee } = confirmation;
  await rows(sql`update core.chain_anchors a
    set state = 'confirmed', transaction_hash = ${hash}, block_number = ${blockNumber}, block_hash = ${blockHash},
      block_at = to_timestamp(${blockTime}), fee_wei = ${String(fee)}::numeric
    where ${of(place)} and a.nonce = ${nonce} and a.state not in ('confirmed', 'displaced')`);
}

/** One process at a time asks the chain; another takes over when this one is gone. */
export async function takeLease(rows: Rows, holder: string, seconds: number): Promise<boolean> {
  const taken =
    await rows(sql`update core.seal_lease set anchor_holder = ${holder}, anchor_until = now() + make_interval(secs => ${seconds})
    where anchor_holder = ${holder} or anchor_until < now() returning 1`);
  return taken.length > 0;
}

export async function giveLease(rows: Rows, holder: string): Promise<void> {
  await rows(sql`update core.seal_lease set anchor_holder = null, anchor_until = '-infinity' where anchor_holder = ${holder}`);
}

/** One transaction that was signed for an anchor, with what became of the anchor. */
export interface ListedAnchor {
  readonly chainId: number;
  readonly address: string;
  readonly nonce: number;
  readonly size: number;
  readonly root: string;
  readonly at: Date;
  readonly state: 'stored' | 'sent' | 'unknown' | 'confirmed' | 'displaced';
  readonly feeWei: string;
  readonly hash: string;
  readonly blockNumber: number | null;
  readonly blockAt: Date | null;
}

/** The newest first. Of an anchor that is confirmed the transaction that was, of others all that were signed. */
export async function listAnchors(rows: Rows, most: number): Promise<ListedAnchor[]> {
  const found = await rows<Record<'chain' | 'nonce' | 'size', string> & Omit<ListedAnchor, 'chainId' | 'nonce' | 'size'>>(sql`
    select a.chain_id as chain, a.address, a.nonce, a.size, encode(a.root, 'base64') as root, a.at, a.state, a.fee_wei as "feeWei", t.hash,
      a.block_number::float8 as "blockNumber", a.block_at as "blockAt"
    from core.chain_anchors a join core.chain_transactions t using (chain_id, address, nonce)
    where a.transaction_hash is null or a.transaction_hash = t.hash
    order by a.at desc, a.nonce desc, t.attempt desc limit ${most}`);
  return found.map(({ chain, nonce, size, ...rest }) => ({
    chainId: Number(chain),
    nonce: Number(nonce),
    size: Number(size),
    ...rest,
  }));
}
