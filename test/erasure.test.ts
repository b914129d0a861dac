// A person and a customer are forgotten: what told who they were stands in no table and no text of the record, and the log is whole.
import { asOwner, everyRow } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test, vi } from 'vitest';
import { preparedObjects } from '../core/src/kernel/prepared-objects.ts';
import { createRegistry } from '../core/src/kernel/registry.ts';
import type { Finding } from '../core/src/seal/findings.ts';
import { sealKeyOf } from '../core/src/seal/key.ts';
import { createSealer, type Sealer } from '../core/src/seal/sealer.ts';
import { readState } from '../core/src/seal/store.ts';
import { verifyLog } from '../core/src/seal/verify.ts';
import { type FurnishedHouse, GOOD_CARD, startFurnishedHouse } from './furnished-house.ts';

const SCHEMAS = ['core', 'identity', 'marketplace', 'workforce', 'ledger', 'governance', 'assets', 'charts'];
const SLOW = { timeout: 300_000 };
const key = sealKeyOf(Buffer.alloc(32, 7).toString('base64'));

interface Erased {
  readonly table: string;
  readonly outcome: string;
  readonly rows: number;
}

let house: FurnishedHouse;
let sealer: Sealer;
beforeAll(async () => {
  house = await startFurnishedHouse();
  const { database, kernel } = house;
  const parts = { database, objects: kernel.objects, log: kernel.log, metrics: { sealLag() {} } };
  sealer = createSealer({ ...parts, key, mostLagSeconds: 60 });
}, 300_000);

const erase = async (input: object, { dryRun = false } = {}) => {
  const { output } = await house.call(house.owner, 'governance.erase-personal-data', input, { dryRun });
  return (output as { erased: Erased[] }).erased;
};
const rowsOf = (erased: readonly Erased[], table: string, outcome = 'replaced') =>
  erased.find((one) => one.table === table && one.outcome === outcome)?.rows;
const tablesThatHold = async (text: string) =>
  (await everyRow(house.database, SCHEMAS)).filter((one) => one.text.includes(text)).map(({ table }) => table);

/** What is prepared and stands in no row is deleted a day later. */
async function sweepTomorrow(): Promise<void> {
  const { database, kernel } = house;
  const registry = createRegistry([...kernel.plugins.values()]);
  const clock = () => new Date(Date.now() + 25 * 3_600_000);
  await preparedObjects({ registry, database, objects: kernel.objects, clock }).sweep();
}

/** Seals all there is, and checks all of it. On a server a transaction of another test holds rows back for a while. */
async function verify() {
  const sealed = async () => {
    await sealer.seal();
    expect((await readState(house.database.rows)).waiting).toBeUndefined();
  };
  await vi.waitFor(sealed, { timeout: 60_000 });
  const findings: Finding[] = [];
  const verified = await verifyLog({ rows: house.database.rows, keys: [key], outside: [], found: (one) => findings.push(one) });
  return { findings, ...verified };
}

test('a person is forgotten everywhere but in what the law keeps, and the log stays whole', SLOW, async () => {
  const [name, email, said] = ['Zenobia Quill', 'zenobia@quill.test', 'I live near the pier'];
  const remembered = 'The tea is in the blue tin';
  const input = { name, email };
  await house.call(house.owner, 'identity.create-person', input, { dryRun: true });
  await expect(house.ask('identity.create-person', { name, email: house.things.email })).rejects.toThrow();
  const { personId = '' } = await house.ask('identity.create-person', input);
  await house.ask('identity.grant-role', { personId, role: 'viewer' });
  const person = await house.signInByLink(personId);
  const { conversationId } = await house.ask('workforce.start-conversation', { title: `About ${name}` }, person);
  await house.ask('workforce.add-message', { conversationId, text: said }, person);
  for (const text of [remembered, remembered]) await house.ask('workforce.save-memory', { text }, person);
  await house.call(person, 'workforce.save-memory', { text: 'Tried: my hip hurts' }, { dryRun: true });
  await expect(house.ask('workforce.save-memory', { text: 'Failed: an eye', scope: 'company' }, person)).rejects.toThrow();
  await house.ask('workforce.save-memory', { text: `Bob says: ${email} has the key`, scope: 'company' });
  const { items } = (await house.ask('assets.search', {})) as unknown as { items: { id: string }[] };
  const draft = { assetId: items[0]?.id, kind: 'campaign', text: `Draft: ask ${name}`, reason: 'Reason: I am ill' };
  const { draftId } = await house.ask('assets.save-draft', draft, person);
  await house.ask('identity.create-token', { name: "Zenobia's laptop" }, person);
  const buy = { cardNumber: GOOD_CARD, email: 'Zenobia@Quill.test' };
  const { orderId = '' } = await house.ask('marketplace.buy', { ...buy, listingId: house.things.listingId }, person);
  await house.ask('ledger.post-entry', {
    memo: `Paid back to ${email}, in cash`,
    postings: [
      { path: house.things.path, unit: 'EUR', amount: '-5' },
      { path: 'equity:capital', unit: 'EUR', amount: '5' },
    ],
  });
  const chart = { kind: 'line', title: 'Tides at the pier', categories: ['Mon'], series: [{ name: 'Height', values: ['1.25'] }] };
  await house.ask('charts.draw-chart', chart, person);
  const [keys] = await house.database.rows<{ png_key: string; svg_key: string }>(
    sql`select png_key, svg_key from charts.charts where person_id = ${personId}`,
  );
  const pictures = () => Promise.all(Object.values(keys ?? {}).map((key) => house.kernel.objects.head(key)));
  await sweepTomorrow(); // what a row names is looked after no more
  await house.settle();
  await verify();

  const planned = await erase({ personId }, { dryRun: true });
  expect(rowsOf(planned, 'identity.people')).toBe(1);
  expect(await tablesThatHold(name)).toContain('identity.actors');

  const erased = await erase({ personId });
  expect(erased).toEqual(planned);
  expect(rowsOf(erased, 'marketplace.orders')).toBe(1);
  expect(rowsOf(erased, 'identity.sessions', 'deleted')).toBeUndefined(); // they ended with the access
  expect(rowsOf(erased, 'workforce.memories', 'deleted')).toBe(2);
  const words = [
    name,
    email,
    'Zenobia@Quill',
    said,
    'laptop',
    remembered,
    'Tried: my',
    'Failed: an',
    'Bob says',
    'Draft: ask',
    'Reason: I',
  ];
  for (const text of words)
    expect(
      (await tablesThatHold(text)).filter((table) => table !== 'ledger.entries'),
      text,
    ).toEqual([]);
  await expect(house.call(person, 'identity.get-me', {})).rejects.toThrow();
  await expect(house.ask('assets.accept-draft', { draftId })).rejects.toMatchObject({ code: 'assets.unknown_draft' });
  expect(await pictures()).not.toContain(undefined);
  await sweepTomorrow();
  expect(await pictures()).toEqual([undefined, undefined]);

  const order = await house.ask('marketplace.get-order', { orderId });
  expect(order).toMatchObject({ total: '1250', email: `erased-${orderId}` });
  const { findings, erased: texts, waiting } = await verify();
  expect({ findings, waiting }).toEqual({ findings: [], waiting: 0 });
  expect(texts.bodies).toBe(rowsOf(erased, 'core.audit_bodies', 'emptied'));
  expect(await erase({ personId })).toEqual([]); // nothing is left
});

test('a customer is forgotten by address, and what must still be sent is kept until it is', SLOW, async () => {
  const [email, address] = ['mara@parcels.test', '12 Parcel Lane, Port Ember'];
  const buy = { cardNumber: GOOD_CARD, email };
  const accessKey = 'KeyOfMaraForHerParcels00';
  const physical = { ...buy, listingId: house.things.physicalListingId ?? (await physicalListing()), shippingAddress: address };
  const { orderId = '' } = await house.ask('marketplace.buy', { ...physical, accessKey }, house.guest);
  await house.ask('marketplace.buy', { ...buy, listingId: house.things.listingId, accessKey: `${accessKey}D` }, house.guest);
  await house.ask(
    'marketplace.buy',
    { ...buy, email: `a${email}`, listingId: house.things.listingId, accessKey: `${accessKey}E` },
    house.guest,
  );

  const first = await erase({ email: 'Mara@Parcels.test' });
  expect(first).toContainEqual({ table: 'marketplace.orders', outcome: 'kept', rows: 1 });
  expect(rowsOf(first, 'marketplace.orders')).toBe(1);
  await house.ask('marketplace.fulfil-order', { orderId });
  expect(await erase({ email, keepSince: new Date(0).toISOString() })).toContainEqual({
    table: 'marketplace.orders',
    outcome: 'kept',
    rows: 1,
  });
  expect(rowsOf(await erase({ email }), 'marketplace.orders')).toBe(1);

  expect(await tablesThatHold(address)).toEqual([]);
  const left = await everyRow(house.database, SCHEMAS);
  expect(left.filter(({ text }) => text.replaceAll(`a${email}`, '').includes(email))).toEqual([]);
  expect(await tablesThatHold(`a${email}`)).toContain('marketplace.orders'); // somebody else
  expect((await verify()).findings).toEqual([]);
});

test('only the Owner erases, one of the two ways, and the call stands in the record', async () => {
  const { personId = '' } = await house.ask('identity.create-person', { name: 'Ada', email: 'ada@quill.test' });
  await house.ask('identity.grant-role', { personId, role: 'admin' });
  const admin = await house.signInByLink(personId);
  await expect(house.call(admin, 'governance.erase-personal-data', { personId })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  await expect(erase({})).rejects.toMatchObject({ code: 'governance.name_one' });
  await expect(erase({ personId: crypto.randomUUID() })).rejects.toMatchObject({ code: 'governance.unknown_person' });
  await expect(erase({ personId: house.things.ownerId })).rejects.toMatchObject({ code: 'identity.last_owner' });
  const { callId } = await house.call(house.owner, 'governance.erase-personal-data', { personId });
  const seen = await house.ask('governance.get-call', { callId });
  expect(seen).toMatchObject({ entries: [{ outcome: 'initiated' }, { outcome: 'succeeded' }] });
  const named = await asOwner(
    house.database,
    sql`select 1 from core.changes where call_id = ${callId} and schema_name = 'core' and table_name = 'audit_bodies'`,
  );
  expect(named.length).toBeGreaterThan(0);
});

async function physicalListing(): Promise<string> {
  const { items } = (await house.ask('marketplace.list-listings', {}, house.guest)) as unknown as {
    items: { listingId: string; kind: string }[];
  };
  return items.find(({ kind }) => kind === 'physical')?.listingId ?? '';
}
