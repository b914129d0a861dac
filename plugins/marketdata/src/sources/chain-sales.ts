// Sales of a collection (ERC-721) on an EVM chain, read from its logs block by block, as deep as nobody expects them to change.
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';
import { unitCode } from '../fields.ts';
import type { NewQuote, OutsideSource, Reading } from '../source.ts';
import { type SaleRule, saleOf, TRANSFER } from './erc721-sale.ts';
import { type Log, openNode } from './json-rpc.ts';

const URL_VARIABLE = 'TROUPE_MARKETDATA_CHAIN_URL';
const LOOPBACK = 'TROUPE_EGRESS_LOOPBACK';
const BLOCKS_AT_ONCE = 1000;
const SALES_AT_ONCE = 200;
const ASKED_AT_ONCE = 4;
/** Where the chain has forgotten the block that was read last, so many blocks are read anew. */
const BLOCKS_BACK = 256;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase());

const options = z.strictObject({
  id: z.string(),
  title: z.string(),
  chainId: z.int().min(1),
  /** The contract of the collection. */
  collection: address,
  /** Contracts of marketplaces: only what was sent to one of them is a sale. */
  markets: z.array(address).min(1),
  /** The unit of the chain's own coin, in its smallest part; without it, sales paid with it are left out. */
  coin: unitCode.optional(),
  /** Tokens (ERC-20) that pay, each with the unit of its smallest part. */
  tokens: z.array(z.strictObject({ address, unit: unitCode })).default([]),
  /** The first block that is read. */
  fromBlock: z.int().min(0).default(0),
  /** So many blocks stand on one before it is read. */
  confirmations: z.int().min(1).max(1000).default(12),
  /** The variable of the environment that holds the address of a node. */
  urlVariable: z.string().default(URL_VARIABLE),
});
export type ChainSalesOptions = z.input<typeof options>;

type Node = ReturnType<typeof openNode>;

export function chainSales(given: ChainSalesOptions): OutsideSource {
  const { id, title, chainId, collection, markets, coin, tokens, fromBlock, confirmations, urlVariable } = options.parse(given);
  const rule: SaleRule = {
    collection,
    markets: new Set(markets),
    coin,
    tokens: new Map(tokens.map((token) => [token.address, token.unit])),
  };
  const asset = `eip155:${chainId}/erc721:${collection}`;

  async function read(node: Node, since: string | undefined): Promise<Reading> {
    const before = positionOf(since) ?? { number: fromBlock - 1, hash: undefined };
    const deepest = (await node.head()) - confirmations;
    if (before.number > deepest) return { quotes: [], cursor: since }; // the node is behind, or nothing is deep enough yet
    if (before.hash !== undefined && (await node.block(before.number))?.hash !== before.hash) return rewind(node, before.number);
    if (before.number === deepest) return { quotes: [], cursor: since };
    const last = Math.min(deepest, before.number + BLOCKS_AT_ONCE);
    const found = await node.logs({ address: collection, topic: TRANSFER, from: before.number + 1, to: last });
    const isWanted = (log: Log) =>
      log.address === collection && !log.removed && log.blockNumber > before.number && log.blockNumber <= last;
    const { to, transactions } = cut(found.filter(isWanted), last);
    const end = await node.block(to);
    if (!end) throw marketdataErrors.chain_moved();
    const quotes: NewQuote[] = [];
    for (let from = 0; from < transactions.length; from += ASKED_AT_ONCE) {
      const some = transactions.slice(from, from + ASKED_AT_ONCE);
      quotes.push(...(await Promise.all(some.map((log) => quoteOf(node, log)))).flat());
    }
    return { quotes, cursor: `${to}:${end.hash}`, hasMore: to < deepest };
  }

  async function rewind(node: Node, from: number): Promise<Reading> {
    const number = Math.max(from - BLOCKS_BACK, fromBlock - 1);
    const block = number < fromBlock ? undefined : await node.block(number);
    if (number >= fromBlock && !block) throw marketdataErrors.chain_moved();
    return { quotes: [], voidAfter: Math.max(number, -1), cursor: block && `${number}:${block.hash}`, hasMore: true };
  }

  async function quoteOf(node: Node, { transactionHash, blockNumber, blockHash, logIndex }: Log): Promise<NewQuote[]> {
    const [transaction, receipt, block] = await Promise.all([
      node.transactionOf(transactionHash),
      node.receipt(transactionHash),
      node.block(blockNumber),
    ]);
    if (!transaction || receipt?.blockHash !== blockHash || block?.hash !== blockHash) throw marketdataErrors.chain_moved();
    const sale = receipt.status === 1 ? saleOf(transaction, receipt.logs, rule) : undefined;
    if (!sale) return [];
    const { tokenId, ...price } = sale;
    return [
      {
        // mined again elsewhere it is another fact
        reference: `${transactionHash} log ${logIndex} block ${blockHash}`,
        asset: `${asset}/${tokenId}`,
        kind: 'sale',
        ...price,
        at: new Date(block.timestamp * 1000),
        place: blockNumber,
      },
    ];
  }

  return Object.freeze<OutsideSource>({
    id,
    title,
    kind: 'chain',
    isUntrusted: false, // numbers and hashes: no words
    settings: {
      [urlVariable]: 'the JSON-RPC address of a node of the chain whose sales are read, https',
      [LOOPBACK]: 'on: the node may stand on this very machine',
    },
    async readOutside({ settings, signal }, since) {
      const url = settings[urlVariable];
      if (url === undefined) throw marketdataErrors.chain_not_configured();
      const node = openNode({ url, signal, isLoopbackOpen: settings[LOOPBACK] === 'on' });
      if ((await node.chainId()) !== chainId) throw marketdataErrors.other_chain();
      return read(node, since);
    },
  });
}

function positionOf(cursor: string | undefined): { number: number; hash: string } | undefined {
  const [, number, hash] = /^(\d+):(0x[0-9a-f]{64})$/.exec(cursor ?? '') ?? [];
  return number === undefined || hash === undefined ? undefined : { number: Number(number), hash };
}

/** One log of each transaction, of as many whole blocks as are read at once: one block at least. */
function cut(logs: readonly Log[], last: number): { to: number; transactions: Log[] } {
  const each = [...new Map(logs.toReversed().map((log) => [log.transactionHash, log])).values()].sort(
    (one, other) => one.blockNumber - other.blockNumber || one.logIndex - other.logIndex,
  );
  const beyond = each[SALES_AT_ONCE];
  if (!beyond) return { to: last, transactions: each };
  const first = each[0]?.blockNumber ?? beyond.blockNumber;
  const to = beyond.blockNumber > first ? beyond.blockNumber - 1 : first;
  return { to, transactions: each.filter(({ blockNumber }) => blockNumber <= to) };
}
