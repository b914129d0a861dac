// The node of an EVM chain, asked by JSON-RPC over HTTP behind the egress guard. Its address may hold a key: it is never told.
import { createEgressFetch, TroupeError } from '@troupe-os/core';
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';

const quantity = z
  .string()
  .regex(/^0x[0-9a-f]{1,64}$/i)
  .transform((text) => BigInt(text));
const whole = quantity.refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`, 'i'))
    .transform((text) => text.toLowerCase());
const hash = hex(32);
const address = hex(20);

/** Clocks differ; what is said of next year is not taken. */
const MOST_AHEAD_SECONDS = 900;
const past = whole.refine((seconds) => seconds <= Date.now() / 1000 + MOST_AHEAD_SECONDS);
const block = z.object({ number: whole, hash, timestamp: past });
const log = z.object({
  address,
  topics: z.array(hash).max(4),
  data: z
    .string()
    .regex(/^0x(?:[0-9a-f]{2})*$/i)
    .transform((text) => text.toLowerCase()),
  blockNumber: whole,
  blockHash: hash,
  transactionHash: hash,
  logIndex: whole,
  removed: z.boolean().optional(),
});
const transaction = z.object({ hash, from: address, to: address.nullish(), value: quantity });
const receipt = z.object({ blockHash: hash, status: whole, logs: z.array(log) });

export type Log = z.output<typeof log>;
export type Transaction = z.output<typeof transaction>;
export type Receipt = z.output<typeof receipt>;
export type Block = z.output<typeof block>;

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;

export interface NodeOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly isLoopbackOpen: boolean;
}

/** Errors of all: marketdata.chain_unreachable, chain_refused, chain_answer. */
export function openNode({ url, signal, isLoopbackOpen }: NodeOptions) {
  const fetch = createEgressFetch({ mostBytes: MOST_BYTES, idleMs: TIMEOUT_MS, isLoopbackOpen });
  let id = 0;

  async function ask<T extends z.ZodType>(method: string, params: readonly unknown[], schema: T): Promise<z.output<T>> {
    id += 1;
    const { error, result } = await post({ jsonrpc: '2.0', id, method, params });
    if (error) throw marketdataErrors.chain_refused({ method });
    const read = schema.safeParse(result ?? null);
    if (!read.success) throw marketdataErrors.chain_answer({ method });
    return read.data;
  }

  async function post(body: unknown): Promise<z.output<typeof envelope>> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const answered = envelope.safeParse(await response.json().catch(() => undefined));
      if (!answered.success) throw marketdataErrors.chain_unreachable();
      return answered.data;
    } catch (error) {
      signal.throwIfAborted();
      // an address that may not be asked is told as such; of what else went wrong the cause may quote the address
      throw error instanceof TroupeError && error.code !== 'egress.unreachable' ? error : marketdataErrors.chain_unreachable();
    }
  }

  return {
    chainId: () => ask('eth_chainId', [], whole),
    /** The number of the newest block. */
    head: () => ask('eth_blockNumber', [], whole),
    /** Undefined: the node has none of this number. */
    block: async (number: number) => (await ask('eth_getBlockByNumber', [hexOf(number), false], block.nullable())) ?? undefined,
    logs: (of: { address: string; topic: string; from: number; to: number }) =>
      ask(
        'eth_getLogs',
        [{ address: of.address, topics: [of.topic], fromBlock: hexOf(of.from), toBlock: hexOf(of.to) }],
        z.array(log),
      ),
    transactionOf: async (of: string) => (await ask('eth_getTransactionByHash', [of], transaction.nullable())) ?? undefined,
    receipt: async (of: string) => (await ask('eth_getTransactionReceipt', [of], receipt.nullable())) ?? undefined,
  };
}

const envelope = z.object({ result: z.unknown().optional(), error: z.object({}).nullish() });

const hexOf = (number: number): string => `0x${number.toString(16)}`;
