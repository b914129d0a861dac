// Anchors the sealed log on an EVM chain. What is to be sent is stored first, and is asked about by its hash before anything is sent again.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Log } from '../../context.ts';
import type { Database } from '../../db/database.ts';
import { TroupeError } from '../../errors.ts';
import { describeForLog } from '../../kernel/translate.ts';
import type { Secret } from '../../secret.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import { sealErrors } from '../errors.ts';
import type { Verifier } from '../key.ts';
import { type Block, openNode, type Receipt } from './node.ts';
import { type AnchorSigner, dataOf, openSigner, type Price } from './signer.ts';
import {
  type AnchorPlace,
  feeOf,
  giveLease,
  markConfirmed,
  markDisplaced,
  markSent,
  markUnknown,
  type OpenAnchor,
  type PlaceState,
  readNewestConfirmed,
  readPlace,
  reopen,
  type StoredTransaction,
  storeAnchor,
  storeAttempt,
  takeLease,
} from './store.ts';

export interface ChainAnchorSettings {
  /** JSON-RPC over http or https; may hold a key. */
  readonly url: Secret;
  readonly chainId: number;
  /** 32 bytes in hexadecimal, `0x` before them. */
  readonly key: Secret;
  readonly everyMinutes: number;
  /** So many blocks, its own among them, and an anchor is taken for lasting. */
  readonly confirmations: number;
  /** What all anchors of 24 hours may cost, in wei. */
  readonly mostFeeADay: bigint;
}

export interface AnchorerParts {
  readonly database: Pick<Database, 'rows'>;
  readonly log: Log;
  /** Who signs the log: nothing else is anchored. */
  readonly sealer: Verifier;
  readonly settings: ChainAnchorSettings;
  /** A transaction that no block has taken for so long is sent at a higher price. Default: ten minutes. */
  readonly patienceSeconds?: number;
}

export interface Anchorer {
  start(): void;
  /** Does what is due now, unless another process does. Errors: those of the node, seal.other_chain, seal.anchor_unfunded, seal.anchor_capped. */
  look(): Promise<void>;
  /** What keeps the log from the chain, for anybody to read; undefined: nothing that is known. */
  remark(): string | undefined;
  stop(): Promise<void>;
}

const PAUSE_MS = 5_000;
/** A slow node may outlast it: two processes at once do no harm. */
const LEASE_SECONDS = 15;
const PATIENCE_SECONDS = 600;
const MOST_ATTEMPT = 5;

export function createAnchorer({ database, log, sealer, settings, patienceSeconds = PATIENCE_SECONDS }: AnchorerParts): Anchorer {
  const { rows } = database;
  const { confirmations, mostFeeADay } = settings;
  const holder = crypto.randomUUID();
  const ending = new AbortController();
  const node = openNode(settings.url.reveal(), { signal: ending.signal });
  let opened: Promise<AnchorSigner> | undefined;
  let running: Promise<void> | undefined;
  let failure: string | undefined;

  async function look(): Promise<void> {
    opened ??= openSigner(settings);
    const signer = await opened;
    const place = { chainId: settings.chainId, address: signer.address };
    const checkpoint = await newestCheckpoint();
    if (!checkpoint) return;
    const before = await readPlace(rows, place);
    if (before.open.length === 0 && !isDue(before, checkpoint)) return;
    if (!(await takeLease(rows, holder, LEASE_SECONDS))) return;
    try {
      await assertChain();
      await reopenForgotten(place);
      const head = await node.head();
      const seen = await readPlace(rows, place);
      for (const anchor of seen.open) await follow(anchor, { signer, place, head, origin: checkpoint.origin });
      if (seen.open.length === 0 && isDue(seen, checkpoint)) await begin(checkpoint, { signer, place, head, seen });
    } finally {
      await giveLease(rows, holder);
    }
  }

  /** Errors: seal.bad_checkpoint where somebody else signed it. */
  async function newestCheckpoint(): Promise<Checkpoint | undefined> {
    const [newest] = await rows<{ note: string }>(sql`select c.note from core.checkpoints c order by c.size desc limit 1`);
    return newest && openCheckpoint(newest.note, [sealer]);
  }

  const isDue = ({ size, secondsSince = Number.POSITIVE_INFINITY }: PlaceState, checkpoint: Checkpoint) =>
    checkpoint.size > size && secondsSince >= settings.everyMinutes * 60;

  /** The node behind an address may be exchanged for one of another chain at any time. */
  async function assertChain(): Promise<void> {
    const chainId = await node.chainId();
    if (chainId !== settings.chainId) throw sealErrors.other_chain({ expected: settings.chainId, answered: chainId });
  }

  /** Confirmed anchors whose blocks are not those of the chain any more. Errors: seal.chain_behind. */
  async function reopenForgotten(place: AnchorPlace): Promise<void> {
    for (;;) {
      const newest = await readNewestConfirmed(rows, place);
      if (!newest) return;
      const block = await node.blockAt(newest.blockNumber);
      if (!block) throw sealErrors.chain_behind({ block: newest.blockNumber });
      if (block.hash === newest.blockHash) return;
      log.warn('the chain has forgotten the block of an anchor', { hash: newest.hash, block: newest.blockNumber });
      await reopen(rows, place, newest);
    }
  }

  interface At {
    readonly signer: AnchorSigner;
    readonly place: AnchorPlace;
    readonly head: Block;
  }

  async function begin(checkpoint: Checkpoint, { signer, place, head, seen }: At & { seen: PlaceState }): Promise<void> {
    const { address } = place;
    const gas = await node.gas({ from: address, to: address, data: dataOf(checkpoint) });
    const price = { gas: (gas * 5n) / 4n, ...(await pricesNow(head)) };
    await assertFunds(address, price);
    const used = await node.transactionCount(address, 'latest');
    if (used > seen.nextNonce)
      log.warn('the key of the anchors has sent what this database does not know', { address, used, known: seen.nextNonce });
    const nonce = Math.max(seen.nextNonce, used);
    const signed = await signer.sign({ checkpoint, nonce, price });
    const { size, root } = checkpoint;
    const outcome = await storeAnchor(rows, place, { nonce, size, root, price, ...signed }, { mostFeeADay });
    if (outcome === 'capped') throw sealErrors.anchor_capped({ most: coins(mostFeeADay), needed: coins(feeOf(price)) });
    if (outcome === 'stored') await send(place, nonce, { ...signed, price });
  }

  async function pricesNow({ baseFeePerGas }: Block): Promise<Pick<Price, 'feePerGas' | 'tipPerGas'>> {
    if (baseFeePerGas === undefined) throw sealErrors.chain_answer({ reason: 'its blocks have no base fee' });
    const tipPerGas = await node.tip();
    return { feePerGas: 2n * baseFeePerGas + tipPerGas, tipPerGas }; // the base fee doubles in six full blocks
  }

  async function assertFunds(address: string, price: Price): Promise<void> {
    const [balance, needed] = [await node.balance(address), feeOf(price)];
    if (balance < needed) throw sealErrors.anchor_unfunded({ address, balance: coins(balance), needed: coins(needed) });
  }

  /** What is stored may be sent as often as one likes: it is one transaction, and counts once. */
  async function send(
    place: AnchorPlace,
    nonce: number,
    { raw, hash, price }: Pick<StoredTransaction, 'raw' | 'hash' | 'price'>,
  ) {
    try {
      await node.send(raw);
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== sealErrors.chain_refused.code) {
        await markUnknown(rows, place, nonce);
        throw error;
      }
      if (!(await node.transaction(hash))) {
        await assertFunds(place.address, price);
        throw error;
      }
    }
    await markSent(rows, place, nonce);
  }

  async function follow(anchor: OpenAnchor, at: At & { origin: string }): Promise<void> {
    const { place, head } = at;
    for (const { hash } of anchor.transactions) {
      const receipt = await node.receipt(hash);
      if (receipt) return confirm(anchor, hash, receipt, at);
    }
    if ((await node.transactionCount(place.address, 'latest')) > anchor.nonce) {
      if ((await node.transactionCount(place.address, head.number - confirmations + 1)) <= anchor.nonce) return;
      await markDisplaced(rows, place, anchor.nonce);
      log.error('the key of an anchor was used for something else: the log is anchored anew', { ...place, nonce: anchor.nonce });
      return;
    }
    const newest = anchor.transactions[0] as StoredTransaction; // it was stored with the anchor
    if (!(await node.transaction(newest.hash))) return send(place, anchor.nonce, newest);
    await markSent(rows, place, anchor.nonce);
    if (newest.secondsAgo >= patienceSeconds && newest.attempt < MOST_ATTEMPT) await raise(anchor, newest, at);
  }

  async function confirm({ nonce, size }: OpenAnchor, hash: string, receipt: Receipt, { place, head }: At): Promise<void> {
    if (head.number - receipt.blockNumber + 1 < confirmations) return markSent(rows, place, nonce);
    const block = await node.blockAt(receipt.blockNumber);
    if (block?.hash !== receipt.blockHash) return; // the chain is just being written anew
    await markConfirmed(rows, place, {
      nonce,
      hash,
      blockNumber: block.number,
      blockHash: block.hash,
      blockTime: block.timestamp,
      fee: receipt.gasUsed * receipt.effectiveGasPrice + (receipt.l1Fee ?? 0n),
    });
    log.info('the log is anchored on the chain', { chainId: place.chainId, size, hash, block: block.number });
  }

  /** The same at a higher price: nodes replace a transaction only by one that offers a tenth more of both. */
  async function raise(anchor: OpenAnchor, newest: StoredTransaction, { signer, place, head, origin }: At & { origin: string }) {
    const now = await pricesNow(head);
    const tipPerGas = larger(now.tipPerGas, raised(newest.price.tipPerGas));
    const price = {
      gas: newest.price.gas,
      tipPerGas,
      feePerGas: larger(now.feePerGas, raised(newest.price.feePerGas), tipPerGas),
    };
    await assertFunds(place.address, price);
    const { nonce, size, root } = anchor;
    const signed = await signer.sign({ checkpoint: { origin, size, root }, nonce, price });
    const next = { nonce, attempt: newest.attempt + 1, price, ...signed };
    const outcome = await storeAttempt(rows, place, next, { mostFeeADay });
    if (outcome === 'capped') throw sealErrors.anchor_capped({ most: coins(mostFeeADay), needed: coins(feeOf(price)) });
    if (outcome === 'stored') await send(place, nonce, next);
  }

  async function keepLooking(): Promise<void> {
    do {
      try {
        await look();
        failure = undefined;
      } catch (error) {
        if (ending.signal.aborted) return; // what was broken off is asked about at the next start
        const before = failure;
        // anybody may read /readyz: what no table of errors says stays in the log
        failure = error instanceof TroupeError ? error.message : 'the log says why';
        const { code, details } = error instanceof TroupeError ? error : {};
        if (failure !== before)
          log.error('the log could not be anchored on the chain', { code, details, error: describeForLog(error) });
      }
    } while (await setTimeout(PAUSE_MS, true, { signal: ending.signal }).catch(() => false));
  }

  return {
    start() {
      running = keepLooking();
    },
    look,
    remark: () => failure && `the log could not be anchored on the chain: ${failure}`,
    async stop() {
      ending.abort();
      await running;
    },
  };
}

const raised = (price: bigint): bigint => (price * 5n) / 4n + 1n;
const larger = (...values: bigint[]): bigint => values.reduce((one, other) => (other > one ? other : one));

/** Wei as a number of coins. */
export function coins(wei: bigint): string {
  const digits = wei.toString().padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, '');
}
