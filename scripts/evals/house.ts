// The house in which agents are evaluated: the whole roster at work among works, sales and books that are the same each time.
import { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { AUCTION_SALES, AUCTIONS, type EvalWork, EXPENSE, INJECTION, SWITCHED_OFF, WORKS } from '../../agents/evals/works.ts';
import { roster } from '../../agents/roster/index.ts';
import { createRunner, createTaskWorker } from '../../agents/src/index.ts';
import { type ChatHouse, startChatHouse, type Talker } from '../../bots/testing/house.ts';
import { atEnd } from '../../core/src/testing/index.ts';
import { assetsPlugin } from '../../plugins/assets/src/index.ts';
import { chartsPlugin } from '../../plugins/charts/src/index.ts';
import { governancePlugin } from '../../plugins/governance/src/index.ts';
import { marketdataWith, ownSales } from '../../plugins/marketdata/src/index.ts';
import { marketplacePlugin } from '../../plugins/marketplace/src/index.ts';
import { performancePlugin } from '../../plugins/performance/src/index.ts';
import { GOOD_CARD, paint } from '../../test/furnished-house.ts';

export interface EvalHouse extends ChatHouse {
  /** Somebody signed in with each role. */
  readonly people: Readonly<Record<'admin' | 'editor' | 'viewer', Talker>>;
  /** A task that is over, or waits for somebody. */
  worked(
    caller: Talker['caller'],
    task: { title: string; brief: string; assigneeId: string },
  ): Promise<{ conversationId: string }>;
}

const BETWEEN_LOOKS_MS = 100;

export async function openEvalHouse(env: NodeJS.ProcessEnv): Promise<EvalHouse> {
  const sources = marketdataWith([ownSales()]);
  const plugins = [assetsPlugin, marketplacePlugin, sources, chartsPlugin, governancePlugin, performancePlugin];
  const house = await startChatHouse(env, plugins, { workers: true, agents: roster });
  const people = {
    admin: await house.talker('admin'),
    editor: await house.talker('editor'),
    viewer: await house.talker('viewer'),
  };
  const furnished: EvalHouse = { ...house, people, worked: await workerOf(house, env) };
  const ids = await bringIn(furnished);
  for (const work of WORKS) await sell(furnished, work, ids.get(work.title) ?? '');
  const postings = [
    { path: 'expenses:goods:gallery', unit: 'EUR', amount: EXPENSE },
    { path: 'assets:bank', unit: 'EUR', amount: `-${EXPENSE}` },
  ];
  const { caller } = people.admin;
  await house.does(caller, 'ledger.post-entry', { memo: 'A frame', brandId: 'gallery', postings });
  await bringPrices(furnished);
  await house.does(caller, 'governance.switch-off', { kind: 'actor', target: SWITCHED_OFF, reason: 'Its token was lost.' });
  await house.settle();
  return furnished;
}

/** Beside the house's own worker, which looks every few seconds: whichever comes first does it. */
async function workerOf({ kernel, does }: ChatHouse, env: NodeJS.ProcessEnv): Promise<EvalHouse['worked']> {
  const runner = createRunner({ kernel, env });
  await runner.start(); // whose runs are its own, and nobody else's to take over
  atEnd(() => runner.stop());
  const worker = createTaskWorker({ kernel, runner, env, model: env.TROUPE_MODEL });
  return async (caller, task) => {
    const { taskId } = await does<{ taskId: string }>(caller, 'workforce.create-task', task);
    for (;;) {
      await worker.look();
      await worker.settled();
      const { state, conversationId } = await does<{ state: string; conversationId: string }>(caller, 'workforce.get-task', {
        taskId,
      });
      if (state !== 'open' && state !== 'running') return { conversationId };
      await after(BETWEEN_LOOKS_MS);
    }
  };
}

/** Imports the works, gives them their words, and answers for those that are not from outside. Answers their ids by title. */
async function bringIn({ does, kernel, settle, people }: EvalHouse): Promise<ReadonlyMap<string, string>> {
  const { caller } = people.admin;
  const imports: [string, string][] = [];
  for (const [at, { title }] of WORKS.entries()) {
    const picture = await paint(at + 1);
    const upload = { action: 'assets.import', caller };
    const file = await kernel.receiveFile(upload, `${at}.png`, Readable.from([picture]), picture.length);
    const { importId } = await does<{ importId: string }>(caller, 'assets.import', { file, title, brandId: 'gallery' });
    imports.push([title, importId]);
  }
  await settle();
  const ids = new Map<string, string>();
  for (const [title, importId] of imports) {
    const { items } = await does<{ items: { assetId: string }[] }>(caller, 'assets.get-import', { importId });
    ids.set(title, items[0]?.assetId ?? '');
  }
  for (const { title, description, tags } of WORKS)
    if (description !== undefined) await does(caller, 'assets.update', { id: ids.get(title), description, tags });
  const untrusted = { table: 'assets.assets', limit: 100 };
  const { items } = await does<{ items: { key: string; seen: string }[] }>(caller, 'governance.list-untrusted-rows', untrusted);
  const outside = WORKS.filter(({ isFromOutside }) => isFromOutside).map(({ title }) => ids.get(title));
  const rows = items.filter(({ key }) => !outside.includes(key)).map(({ key, seen }) => ({ key, seen }));
  await does(caller, 'governance.trust-rows', { table: 'assets.assets', rows });
  return ids;
}

/** What others were paid at auctions, as a file says it. */
async function bringPrices({ does, kernel, people }: EvalHouse): Promise<void> {
  const { caller } = people.admin;
  const lines = AUCTION_SALES.map(([amount, days]) => {
    const at = new Date(Date.now() - days * 86_400_000).toISOString();
    return `${AUCTIONS},sale,${amount},EUR,${at}`;
  });
  const bytes = Buffer.from(['asset,kind,amount,unit,at', ...lines].join('\n'));
  const upload = { action: 'marketdata.import-quotes', caller };
  const file = await kernel.receiveFile(upload, 'auctions.csv', Readable.from([bytes]), bytes.length);
  await does(caller, 'marketdata.import-quotes', { file });
}

async function sell({ does, guest, people }: EvalHouse, { isPublished, price, kind, stock, bought = 0 }: EvalWork, id: string) {
  const { caller } = people.admin;
  if (isPublished) await does(caller, 'assets.publish', { id });
  if (price === undefined) return;
  const { productId } = await does<{ productId: string }>(caller, 'marketplace.create-product', { assetIds: [id], kind, stock });
  const offer = { productId, unit: 'EUR', price };
  const { listingId } = await does<{ listingId: string }>(caller, 'marketplace.create-listing', offer);
  for (let at = 0; at < bought; at += 1)
    await does(guest, 'marketplace.buy', {
      ...{
        listingId,
        cardNumber: GOOD_CARD,
        email: `buyer-${at}@people.test`,
        accessKey: crypto.randomUUID().replaceAll('-', ''),
      },
      ...(kind === 'physical' && { shippingAddress: INJECTION }),
    });
}
