// What is going on when the process dies: callers who post, reserve, buy, invite and read, each one call after the other.
import { ask, type Reply, type Server } from './server.ts';

export const CALLERS = 5;

/** One call under a key, and what became of it. */
export interface Attempt {
  readonly token: string;
  readonly action: string;
  readonly input: Record<string, unknown>;
  readonly key: string;
  readonly reply: Reply | undefined;
}

export interface Shop {
  /** A token for each caller. */
  readonly tokens: readonly string[];
  /** A published work of the gallery. */
  readonly assetId: string;
}

interface Working {
  readonly server: Server;
  readonly token: string;
  readonly shop: Shop;
  /** What is on sale: all callers buy of it. */
  readonly offers: Offer[];
  readonly attempts: Attempt[];
  readonly signal: AbortSignal;
  random(): number;
}

/** A limited edition. */
export interface Offer {
  readonly listingId: string;
  readonly productId: string;
}

/** Works until the signal, or until nobody answers. Writes down every call that may have changed something. */
export async function work({ server, token, shop, offers, attempts, signal, random }: Working): Promise<void> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
  const send = async (action: string, input: Record<string, unknown>, isRead = false) => {
    const key = crypto.randomUUID();
    const reply = await ask(server, { token, action, input, key });
    if (!isRead) attempts.push({ token, action, input, key, reply });
    return reply;
  };
  const offer = async () => {
    const stock = 2 + Math.floor(random() * 12);
    const product = { assetIds: [shop.assetId], stock };
    const productId = (await send('marketplace.create-product', product))?.body.productId as string;
    const price = String(1 + Math.floor(random() * 5_000));
    const listingId = productId && (await send('marketplace.create-listing', { productId, unit: 'EUR', price }))?.body.listingId;
    if (listingId) offers.push({ productId, listingId: listingId as string });
  };
  const buy = async (hold = random() < 0.3) => {
    const { listingId, productId } = pick(offers.slice(-CALLERS)) ?? {};
    if (!listingId) return offer();
    const quantity = 1 + Math.floor(random() * 2);
    const held = hold ? await send('marketplace.hold-stock', { productId, quantity }) : undefined;
    if (held && held.status !== 200) return undefined;
    const cardNumber = random() < 0.05 ? '4000 0000 0000 0002' : '4242 4242 4242 4242';
    const order = { listingId, quantity, cardNumber, email: 'buyer@people.test' };
    await send('marketplace.buy', { ...order, ...(held ? { holdId: held.body.holdId } : {}) });
  };
  const post = async () => {
    const amount = 1n + BigInt(Math.floor(random() * 100_000));
    const memo = crypto.randomUUID();
    const units = random() < 0.3 ? ['EUR', 'USD'] : ['EUR'];
    const postings = units.flatMap((unit) => [
      { path: 'assets:bank', unit, amount: String(amount) },
      { path: 'equity:capital', unit, amount: String(-amount) },
    ]);
    const posted = await send('ledger.post-entry', { memo, postings });
    if (posted?.status === 200 && random() < 0.2) await send('ledger.reverse-entry', { entryId: posted.body.entryId });
  };
  const address = () => `${crypto.randomUUID()}@people.test`;
  const tasks = [
    offer,
    buy,
    buy,
    buy,
    post,
    post,
    post,
    () => send('identity.create-person', { name: 'Somebody', email: address() }),
    () => send('identity.invite-person', { name: 'Somebody', email: address() }),
    () => send('ledger.list-accounts', {}, true),
    () => send('marketplace.list-orders', { limit: 10 }, true),
  ];
  while (!signal.aborted) await pick(tasks)?.();
}
