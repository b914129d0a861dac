// The node of an EVM chain, asked by JSON-RPC over HTTP. Its address may hold a key, so nothing more than its host is ever told.
import { z } from 'zod';
import { TroupeError } from '../../errors.ts';
import { sealErrors } from '../errors.ts';

const quantity = z
  .string()
  .regex(/^0x[0-9a-f]{1,64}$/i)
  .transform((text) => BigInt(text));
const whole = quantity.refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const bytes = z
  .string()
  .regex(/^0x(?:[0-9a-f]{2})*$/i)
  .transform((text) => text.toLowerCase());

const block = z.object({
  number: whole,
  hash: bytes,
  timestamp: whole,
  baseFeePerGas: quantity.optional(),
});
const transaction = z.object({
  hash: bytes,
  from: bytes,
  nonce: whole,
  input: bytes,
  blockNumber: whole.nullish(),
  blockHash: bytes.nullish(),
});
const receipt = z.object({
  blockNumber: whole,
  blockHash: bytes,
  gasUsed: quantity,
  effectiveGasPrice: quantity,
  /** What a roll-up adds for the chain below it. */
  l1Fee: quantity.nullish(),
});

export type Block = z.output<typeof block>;
export type Transaction = z.output<typeof transaction>;
export type Receipt = z.output<typeof receipt>;

/** Errors of all: seal.chain_unreachable (whether it was heard is not known), seal.chain_refused, seal.chain_answer. */
export interface ChainNode {
  chainId(): Promise<number>;
  /** The newest block. */
  head(): Promise<Block>;
  /** Undefined: the chain has none of this number. */
  blockAt(number: number): Promise<Block | undefined>;
  /** How many transactions of this address stand in the chain up to a block. */
  transactionCount(address: string, at: number | 'latest'): Promise<number>;
  balance(address: string): Promise<bigint>;
  /** Undefined: the node knows none of this hash. One without a block waits for it. */
  transaction(hash: string): Promise<Transaction | undefined>;
  receipt(hash: string): Promise<Receipt | undefined>;
  /** What a block's maker is offered above the base fee, per gas. */
  tip(): Promise<bigint>;
  gas(call: { from: string; to: string; data: string }): Promise<bigint>;
  send(raw: string): Promise<void>;
}

const TIMEOUT_MS = 10_000;

export function openNode(url: string, { signal: ending }: { signal?: AbortSignal } = {}): ChainNode {
  const { host } = new URL(url);
  let id = 0;

  async function ask<T extends z.ZodType>(method: string, params: readonly unknown[], schema: T): Promise<z.output<T>> {
    id += 1;
    const answered = await post({ jsonrpc: '2.0', id, method, params }, method);
    const { error, result } = envelope.parse(answered);
    if (error) throw sealErrors.chain_refused({ method, answered: error.code });
    const read = schema.safeParse(result);
    if (!read.success) throw sealErrors.chain_answer({ host, method }, read.error);
    return read.data;
  }

  async function post(body: unknown, method: string): Promise<unknown> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: ending ? AbortSignal.any([late, ending]) : late,
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (envelope.safeParse(answer).success) return answer; // some nodes say an error with a status of its own
      throw sealErrors.chain_unreachable({ host, status: response.status });
    } catch (error) {
      throw error instanceof TroupeError ? error : sealErrors.chain_unreachable({ host, method }, error);
    }
  }

  return {
    chainId: () => ask('eth_chainId', [], whole),
    head: () => ask('eth_getBlockByNumber', ['latest', false], block),
    blockAt: async (number) => (await ask('eth_getBlockByNumber', [hexOf(number), false], block.nullable())) ?? undefined,
    transactionCount: (address, at) =>
      ask('eth_getTransactionCount', [address, at === 'latest' ? at : hexOf(Math.max(at, 0))], whole),
    balance: (address) => ask('eth_getBalance', [address, 'latest'], quantity),
    transaction: async (hash) => (await ask('eth_getTransactionByHash', [hash], transaction.nullable())) ?? undefined,
    receipt: async (hash) => (await ask('eth_getTransactionReceipt', [hash], receipt.nullable())) ?? undefined,
    tip: () => ask('eth_maxPriorityFeePerGas', [], quantity),
    gas: (call) => ask('eth_estimateGas', [call], quantity),
    async send(raw) {
      await ask('eth_sendRawTransaction', [raw], bytes);
    },
  };
}

const envelope = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.int().optional() }).nullish(), // what it says may quote the key in its address
});

const hexOf = (number: number): string => `0x${number.toString(16)}`;
