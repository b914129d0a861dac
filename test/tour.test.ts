// The whole line on real input, by real processes: files come in, one is found, sold once and downloaded, and the books and the record tell it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPTED_PRICE } from '@troupe-os/agents/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { EVERY_SCOPE } from './decisions.ts';
import { type BadFile, type MadeFile, makeBadFiles, makeTestFiles } from './made-files.ts';
import { callRest, moduleUrl, newFolder, newPlace, type Place, type RunningServer, startServer, troupe } from './servers.ts';
import { type Conversation, startConversation } from './tour-chat.ts';
import { startTourModel } from './tour-model.ts';
import { endsOf, readRecord } from './tour-record.ts';
import type { Listing, Order, Progress, RecordedCall, Work } from './tour-shapes.ts';
import { commandWay, connectByStdio, connectOver, type DoneCall, restWay, toolWay, type Way } from './tour-ways.ts';

const PARAPHRASE = 'pastry shop early morning';
const CARD = '4242 4242 4242 4242';
const LONGEST_IMPORT_MS = 120_000;

const { env } = await startTourModel();
let place: Place;
let server: RunningServer;
let files: readonly MadeFile[];
let badFiles: readonly BadFile[];
const folder = newFolder();
const done: DoneCall[] = [];
const closing: (() => Promise<void>)[] = [];
let ways: { guest: Way; rest: Way; old: Way; young: Way; stdio: Way; command: Way };
let agentId: string;
let talk: Conversation;

beforeAll(async () => {
  place = await newPlace({ env });
  [server, files, badFiles] = await Promise.all([startServer(place), makeTestFiles(folder), makeBadFiles(folder)]);
}, 300_000);

afterAll(async () => {
  for (const close of closing) await close();
});

// each test goes on where the one before has ended
let broken = false;
beforeEach(({ skip }) => {
  skip(broken, 'a step before this one failed');
  onTestFailed(() => {
    broken = true;
  });
});

test('the command line makes tokens, and each way in answers to its own', { timeout: 300_000 }, async () => {
  const [editor, admin] = await Promise.all([newToken('editor'), newToken('admin', ...EVERY_SCOPE)]);
  const clients = await Promise.all([
    connectOver(server, 'old', editor ?? ''),
    connectOver(server, 'young', editor ?? ''),
    connectByStdio(place),
  ]);
  closing.push(...clients.map((client) => () => client.close()));
  const [old, young, stdio] = await Promise.all(clients.map((client) => toolWay(client, done)));
  if (!old || !young || !stdio) throw new Error('Three clients make three ways.');
  const guest = restWay(server, undefined, done);
  ways = { guest, rest: restWay(server, admin, done), old, young, stdio, command: commandWay(place) };

  const { link } = await ways.command<{ link: string }>('identity.create-link');
  const { session } = await guest<{ session: string }>('identity.redeem-link', { link });
  ({ agentId } = await ways.rest<{ agentId: string }>('workforce.create-agent', {
    name: 'Ines',
    role: 'Keeps shop and books',
    description: 'Puts works on sale and books what they cost.',
    instructions: 'Do what you are asked with your tools.',
    departments: ['Shop'],
    roles: [{ role: 'admin' }],
  }));
  await ways.command('workforce.set-model-price', SCRIPTED_PRICE);
  talk = await startConversation(server, session, agentId);
});

async function newToken(role: string, ...scopes: string[]): Promise<string> {
  const words = ['token', 'create', '--name', `tour ${role}`, '--role', role, ...scopes.flatMap((scope) => ['--scope', scope])];
  const { stdout } = await troupe(words, place);
  return stdout.trim();
}

let imported: Progress;

test('a folder comes in file by file; a bad one fails by its own code and holds up no other', { timeout: 150_000 }, async () => {
  const { importId } = await ways.command<{ importId: string }>('assets.import', { file: folder, brandId: 'gallery' });
  imported = await watchImport(importId);

  expect(files.length).toBeGreaterThanOrEqual(40);
  expect(imported).toMatchObject({ total: files.length + badFiles.length, failed: badFiles.length, duplicates: 1 });
  const failed = imported.items.flatMap(({ name, error }) => (error ? [[name, error.code]] : []));
  expect(Object.fromEntries(failed)).toEqual(Object.fromEntries(badFiles.map(({ fileName, code }) => [fileName, code])));
  const kinds = new Set(files.map(({ fileName }) => fileName.split('.').at(-1)));
  expect([...kinds].sort()).toEqual(['flac', 'jpg', 'mp3', 'pdf', 'png', 'wav', 'webp']);
});

/** Asks by each way in turn until nothing waits: each question takes its time on the same server, so that nobody needs to sleep. */
async function watchImport(importId: string): Promise<Progress> {
  const late = AbortSignal.timeout(LONGEST_IMPORT_MS);
  for (;;) {
    for (const way of [ways.command, ways.rest, ways.old, ways.young, ways.stdio]) {
      const progress = await way<Progress>('assets.get-import', { importId, limit: 100 });
      expect(progress.done + progress.duplicates + progress.failed + progress.waiting).toBe(progress.total);
      if (progress.waiting === 0) return progress;
      late.throwIfAborted();
    }
  }
}

let picture: Work;
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));

test('a work is found by a paraphrase that shares no word with it', async () => {
  const { items } = await ways.young<{ items: { id: string }[] }>('assets.search', { q: PARAPHRASE, limit: 5 });
  picture = await ways.old<Work>('assets.get', { id: items[0]?.id });

  const made = files.find(({ fileName }) => fileName === picture.file.name);
  expect(made?.says).toBe('Bakery window at dawn');
  const { title, description, tags, file } = picture;
  const itsWords = wordsOf([title, description, ...tags, file.name, made?.says, 'Ada Lind', 'TX-1'].join(' '));
  expect(itsWords.intersection(wordsOf(PARAPHRASE))).toEqual(new Set());
});

let listingId: string;

test('published and made a product by two clients, it is put on sale by an agent that is asked to', async () => {
  await expect(ways.guest('assets.get', { id: picture.id })).rejects.toMatchObject({ code: 'assets.unknown_asset' });
  await ways.stdio('assets.publish', { id: picture.id });
  expect(await ways.guest('assets.get', { id: picture.id })).toMatchObject({ status: 'published' });
  // it is named as its file calls itself: whoever answers for these words spares the agents that read them a question
  const table = 'assets.assets';
  const listed = { table, key: picture.id };
  const marked = await ways.command<{ items: { key: string; seen: string }[] }>('governance.list-untrusted-rows', listed);
  const rows = marked.items.map(({ key, seen }) => ({ key, seen }));
  await ways.command('governance.trust-rows', { table, rows });
  await ways.old('marketplace.create-product', { assetIds: [picture.id], stock: 1 });

  const { text, calls } = await talk.say(`Put the product “${picture.title}” on sale for 42 euro, please.`);

  expect(text).toContain('4200 minor units of EUR');
  expect(calls.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['marketplace.list-products', 'succeeded'],
    ['marketplace.create-listing', 'succeeded'],
  ]);
  const { items } = await ways.guest<{ items: Listing[] }>('marketplace.list-listings');
  expect(items).toMatchObject([{ title: picture.title, price: '4200', unit: 'EUR', stock: { left: 1, of: 1 } }]);
  listingId = items[0]?.listingId ?? '';
});

const newKey = () => crypto.randomUUID().replaceAll('-', '');
const purchase = (listing: string, accessKey: string) => ({
  listingId: listing,
  accessKey,
  cardNumber: CARD,
  email: 'buyer@people.test',
});

let bought: { order: Order; accessKey: string };

test('the last one, bought by two at once, goes to one of them, and the other is told that it is sold out', async () => {
  const keys = [newKey(), newKey()] as const;
  const results = await Promise.allSettled([
    ways.guest<Order>('marketplace.buy', purchase(listingId, keys[0])),
    ways.young<Order>('marketplace.buy', purchase(listingId, keys[1])),
  ]);

  const won = results.findIndex(({ status }) => status === 'fulfilled');
  expect(results[won]).toMatchObject({ status: 'fulfilled', value: { state: 'paid', total: '4200' } });
  expect(results[1 - won]).toMatchObject({ status: 'rejected', reason: { code: 'marketplace.sold_out' } });
  bought = { order: (results[won] as PromiseFulfilledResult<Order>).value, accessKey: keys[won] ?? '' };
  expect(await ways.guest('assets.get', { id: picture.id })).toMatchObject({ status: 'sold' });
});

let song: { order: Order; accessKey: string };

test('a double click buys once, and both clicks are answered with the same order', async () => {
  const assetId = imported.items.find(({ name }) => name === 'amber-light.wav')?.assetId;
  await ways.rest('assets.publish', { id: assetId });
  const { productId } = await ways.command<Listing>('marketplace.create-product', { assetIds: [assetId] });
  const listing = await ways.stdio<Listing>('marketplace.create-listing', { productId, unit: 'EUR', price: '129' });

  const click = purchase(listing.listingId, newKey());
  const [first, second] = await Promise.all([1, 2].map(() => ways.guest<Order>('marketplace.buy', click)));

  expect(second?.orderId).toBe(first?.orderId);
  song = { order: first as Order, accessKey: click.accessKey };
  const { items } = await ways.command<{ items: Order[] }>('marketplace.list-orders');
  expect(items.map(({ orderId }) => orderId)).toEqual([first?.orderId, bought.order.orderId]);
});

test('the link of an order gives the very bytes that came in, five times; no other link opens it', {
  timeout: 300_000,
}, async () => {
  const { deliveryId, token } = await linkOf(bought);
  const other = await linkOf(song);
  for (const wrong of [
    { deliveryId, token: other.token },
    { deliveryId: other.deliveryId, token },
  ]) {
    await expect(ways.guest('marketplace.download', wrong)).rejects.toMatchObject({ code: 'marketplace.unknown_delivery' });
  }

  const original = sha256(readFileSync(join(folder, picture.file.name)));
  expect(picture.file.sha256).toBe(original);
  const told = await ways.old<{ url: string; method: string; body: object }>('marketplace.download', { deliveryId, token });
  expect(told).toMatchObject({ url: `${server.url}/api/marketplace/download`, method: 'POST', body: { deliveryId, token } });
  for (let time = 2; time <= 5; time += 1) expect(sha256(await fetchLink(told))).toBe(original);

  expect(await linkOf(bought)).toMatchObject({ downloadsLeft: 0 });
  await expect(ways.guest('marketplace.download', told.body as never)).rejects.toMatchObject({
    code: 'marketplace.link_used_up',
  });
});

async function linkOf({ order, accessKey }: { order: Order; accessKey: string }) {
  const { deliveries } = await ways.guest<Order>('marketplace.get-order', { orderId: order.orderId, accessKey });
  const [link] = deliveries;
  if (!link) throw new Error('What was bought is delivered.');
  return link;
}

/** As a browser follows it: the bytes, from an address without credentials. */
async function fetchLink({ url, body }: { url: string; body: object }): Promise<Buffer> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  done.push({ action: 'marketplace.download', callId: response.headers.get('x-call-id') ?? '', cause: 'rest' });
  return Buffer.from(await response.arrayBuffer());
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let booked: string;

test('profit and loss by brand shows the sales, and what the agent has booked against them', async () => {
  const { text, calls } = await talk.say('Book the frame for it: 7.50 euro from the bank, a cost of what Gallery sold.');
  expect(text).toContain('It is booked as');
  booked = calls.find(({ action }) => action === 'ledger.post-entry')?.callId ?? '';

  const report = await ways.command<{ items: unknown[] }>('ledger.get-profit-and-loss', { brandId: 'gallery' });
  expect(report.items).toMatchObject([
    {
      brandId: 'gallery',
      unit: 'EUR',
      income: '4329',
      expenses: '750',
      profit: '3579',
      lines: [
        { path: 'expenses:goods:gallery', amount: '750' },
        { path: 'income:sales:gallery', amount: '4329' },
      ],
    },
  ]);
  expect(await ways.stdio('ledger.get-profit-and-loss', { brandId: 'gallery' })).toEqual(report);
});

test('whoever reads the record finds by one trace what was said, which tool was used and what it did', async () => {
  const call = await ways.rest<RecordedCall>('governance.get-call', { callId: booked });
  expect(call.entries).toMatchObject([{ action: 'ledger.post-entry', outcome: 'succeeded', tainted: false, cause: 'chat' }]);
  expect(call.changes.filter(({ table }) => table === 'ledger.postings')).toHaveLength(2);
  expect(call.related.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['workforce.add-message', 'workforce.finish-run']),
  );
});

test('after a week a link that nobody has followed answers that it has expired', { timeout: 300_000 }, async () => {
  const { deliveryId, token, downloadsLeft } = await linkOf(song);
  expect(downloadsLeft).toBe(5);
  for (const close of closing.splice(0)) await close();
  expect(await server.stop()).toMatchObject({ code: 0 });

  // the same house again, on a machine whose clock has gone on
  const later = { NODE_OPTIONS: `--import=${moduleUrl('test/days-ahead.ts')}`, DAYS_AHEAD: '8' };
  server = await startServer({ ...place, env: { ...place.env, ...later } });

  const { status, body } = await callRest(server, undefined, 'marketplace.download', { deliveryId, token });
  expect([status, body.code]).toEqual([409, 'marketplace.link_expired']);
});

test('each write has one row of the record that says how it ended, the books add up, and one trace joins all', async () => {
  expect(await server.stop()).toMatchObject({ code: 0 });
  const record = await readRecord(place);

  expect(record.writes.filter(({ outcomes }) => outcomes.length !== 1)).toEqual([]);
  expect(record.unaudited).toEqual([]);
  const byId = new Map(record.writes.map((write) => [write.callId, write]));
  const writes = done.filter(({ callId }) => byId.has(callId));
  expect(writes).toHaveLength(14);
  expect(writes.map(({ callId }) => byId.get(callId))).toMatchObject(
    writes.map(({ callId, action, cause }) => ({ callId, action, cause, outcomes: ['succeeded'] })),
  );
  expect(endsOf(record.writes)).toMatchObject({
    'assets.import': { succeeded: 1 },
    'assets.import-file#inspect': { succeeded: files.length, failed: badFiles.length },
    'assets.publish': { succeeded: 2 },
    'marketplace.create-product': { succeeded: 2 },
    'marketplace.create-listing': { succeeded: 2 },
    'marketplace.buy': { succeeded: 3, failed: 1 },
    'marketplace.download': { succeeded: 5, failed: 4 },
    'ledger.post-entry': { succeeded: 1 },
    'workforce.add-message': { succeeded: 2 },
    'workforce.start-run': { succeeded: 2 },
    'workforce.keep-answer': { succeeded: 5 }, // four actions, and one that was looked for
    'workforce.begin-step': { succeeded: 5 },
    'workforce.finish-run': { succeeded: 2 },
  });

  expect(record.sums).toEqual([{ unit: 'EUR', sum: '0', postings: 6 }]);
  expect(record.unbalanced).toEqual([]);
  expect(record.sales).toEqual([{ entries: 2, postings: 4, action: 'marketplace.buy', traces: 2 }]);
  const chain = { actor: agentId, onBehalfOf: expect.any(String), tainted: false };
  expect(record.chains).toMatchObject([
    { ...chain, said: expect.stringContaining('on sale'), action: 'marketplace.create-listing', captured: 0, posted: 0 },
    { ...chain, said: expect.stringContaining('frame'), action: 'ledger.post-entry', callId: booked, captured: 2, posted: 2 },
  ]);
});
