// Where the words of a whole house come from: what every read says of it to a model, and how a row loses its mark.
import type { Caller } from '@troupe-os/core/surface';
import { asOwner } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { actions } from './decisions.ts';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';
import { plausibleInputs } from './plausible-inputs.ts';
import { rightsMatrix } from './rights-matrix.ts';

let house: FurnishedHouse;
beforeAll(async () => {
  house = await startFurnishedHouse();
}, 300_000);

const reads = actions
  .filter(({ name, effect, untrustedOutput }) => effect === 'read' && !untrustedOutput && rightsMatrix[name]?.from !== 'nobody')
  .map(({ name }) => name);

/** Reads that show no words of rows, or of none that stand in the furnished house. */
const SAY_NOTHING = [
  'assets.search',
  'governance.get-rule-schema',
  'identity.list-identities',
  'identity.list-members',
  'identity.list-passkeys',
  'identity.list-ways-in',
  'marketdata.list-sources',
  'marketplace.get-sales',
];
/** Reads whose words are computed of several rows: one marked row of a table is enough. */
const BY_TABLE = ['ledger.get-profit-and-loss'];

async function taints(action: string, input?: unknown): Promise<boolean | undefined> {
  const { things, owner } = house;
  const asked = input ?? (await plausibleInputs[action]?.input({ things, upload: house.upload }));
  const call = { action, input: asked, caller: owner, surface: 'test', requestId: 'taint', forModel: true };
  return (await house.kernel.execute(call)).taints;
}

const agent = (tainted: boolean): Caller => ({
  principal: { id: house.things.agentId ?? '', kind: 'agent', name: 'agent', credential: 'conversation:test' },
  onBehalfOf: house.owner.principal,
  tainted,
});
const mark = (rows: ReturnType<typeof sql>) =>
  asOwner(house.database, sql`insert into core.untrusted_rows (table_name, key, call_id) ${rows} on conflict do nothing`);
const work = () => ({ table: 'assets.assets', key: house.things.drawerId ?? '' });
const NOTHING_SEEN = '0'.repeat(32);
async function look({ table, key }: { table: string; key: string }): Promise<string> {
  const asked = house.ask('governance.list-untrusted-rows', { table, key });
  const { items } = (await asked) as never as { items: { key: string; seen: string }[] };
  return items[0]?.seen ?? NOTHING_SEEN;
}
const trust = async (row: { table: string; key: string; seen?: string }, by = house.owner) =>
  house.call(by, 'governance.trust-rows', { table: row.table, rows: [{ key: row.key, seen: row.seen ?? (await look(row)) }] });
const getWork = () => taints('assets.get', { id: house.things.drawerId });

test('what was brought in as a file taints whoever reads it, until a person answers for it', async () => {
  expect(await getWork()).toBe(true);
  expect(await taints('assets.search', { q: 'drawer' })).toBe(true);
  const { callId } = await trust(work());
  expect(await getWork()).toBe(false);
  const [change] = await house.database.rows(
    sql`select schema_name, table_name, key, operation from core.changes where call_id = ${callId} and schema_name = 'core'`,
  );
  expect(change).toEqual({
    schema_name: 'core',
    table_name: 'untrusted_rows',
    key: `assets.assets/${house.things.drawerId}`,
    operation: 'delete',
  });
});

test('a tainted run that writes into it marks it again; staff who write into it do not', async () => {
  const update = (caller: Caller, title: string) => house.call(caller, 'assets.update', { id: house.things.drawerId, title });
  await update(house.owner, 'A quiet title');
  expect(await getWork()).toBe(false);
  await update(agent(false), 'Another');
  expect(await getWork()).toBe(false);
  await update(agent(true), 'Pay Bob');
  expect(await getWork()).toBe(true);
  await update(house.owner, 'A quiet title');
  expect(await getWork()).toBe(true);
  await trust(work());
});

test('nobody answers for words that came after they had looked', async () => {
  const write = (caller: Caller, title: string) => house.call(caller, 'assets.update', { id: house.things.drawerId, title });
  await write(agent(true), 'Harmless');
  const seen = await look(work());
  await write(agent(true), 'Pay Bob');
  await expect(trust({ ...work(), seen })).rejects.toMatchObject({ code: 'governance.rewritten_row' });
  expect(await getWork()).toBe(true);
  await write(house.owner, 'A quiet title');
  await trust(work());
  expect(await getWork()).toBe(false);
});

test('no agent answers for words, and nobody for a row that is not marked', async () => {
  await expect(trust(work())).rejects.toMatchObject({ code: 'governance.unknown_untrusted_row' });
  await expect(trust({ table: 'core.audit_bodies', key: 'x' })).rejects.toMatchObject({
    code: 'governance.unknown_untrusted_row',
  });
  await expect(trust({ table: 'marketplace.orders', key: house.things.orderId ?? '' }, agent(false))).rejects.toMatchObject({
    code: 'core.denied',
  });
  const order = { table: 'marketplace.orders', key: house.things.orderId ?? '' };
  const seen = await look(order);
  const both = {
    table: order.table,
    rows: [
      { key: order.key, seen },
      { key: 'nobody', seen },
    ],
  };
  await expect(house.call(house.owner, 'governance.trust-rows', both)).rejects.toMatchObject({
    code: 'governance.unknown_untrusted_row',
  });
  const { items } = (await house.ask('governance.list-untrusted-rows', { table: both.table })) as never as { items: unknown[] };
  expect(items).toContainEqual(expect.objectContaining({ table: both.table, key: house.things.orderId }));
});

test('a product that is named after a work has the words of the work', async () => {
  const make = async (more: object) =>
    (await house.ask('marketplace.create-product', { assetIds: [house.things.publishedId], stock: 3, ...more })).productId;
  const marked = async (key: string | undefined) =>
    (await house.database.rows(sql`select 1 from core.untrusted_rows where table_name = 'marketplace.products' and key = ${key}`))
      .length > 0;
  expect([await marked(await make({})), await marked(await make({ title: 'Our own words' }))]).toEqual([true, false]);
});

test('what a buyer writes marks the order, and neither the books nor the stock', async () => {
  const tables = await house.database.rows<{ name: string }>(
    sql`select distinct table_name as name from core.untrusted_rows where table_name ~ '^(ledger|marketplace)\\.' order by 1`,
  );
  const names = tables.map(({ name }) => name);
  expect(names).toContain('marketplace.orders');
  expect(names.filter((name) => /ledger|stock|payments|listings/.test(name))).toEqual([]);
});

test('a conversation that a tainted run started is tainted, and what an app calls itself is from outside', async () => {
  const started = async (caller: Caller) => {
    const { conversationId } = await house.ask('workforce.start-conversation', { title: 'Pay Bob' }, caller);
    const shown = (await house.ask('workforce.get-conversation', { conversationId }, house.owner)) as never as {
      conversation: { tainted: boolean };
    };
    return shown.conversation.tainted;
  };
  expect([await started(agent(true)), await started(agent(false))]).toEqual([true, false]);
  expect(await taints('identity.list-apps')).toBe(true);
});

test('a yes to a call of a tainted run clears nothing that it writes', async () => {
  const { things, call, owner } = house;
  const refusal = await call(agent(true), 'assets.publish', { id: things.assetId }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'core.approval_needed' });
  const { approvalId } = (refusal as { details: { approvalId: string } }).details;
  await trust({ table: 'assets.assets', key: things.assetId ?? '' });
  await call(owner, 'governance.approve-call', { approvalId });
  await house.settle();
  const [done] = await house.database.rows<{ tainted: boolean; marked: boolean }>(
    sql`select e.tainted, exists (select from core.untrusted_rows r where r.call_id = e.call_id) as marked
      from governance.approvals a join core.audit_entries e on e.call_id = a.executed_call and e.outcome = 'succeeded' where a.id = ${approvalId}`,
  );
  expect(done).toEqual({ tainted: true, marked: true });
});

test.each(reads)('a model that reads by %s is tainted by marked rows that it reads, and by no other', async (action) => {
  await asOwner(house.database, sql`delete from core.untrusted_rows`);
  expect(await taints(action)).toBe(false);
  // one foreign row of every table: who asks about tables instead of rows finds it
  await mark(sql`select schemaname || '.' || tablename, 'no such row', gen_random_uuid() from pg_tables where schemaname in
    ('assets', 'governance', 'identity', 'ledger', 'marketplace', 'workforce')`);
  const byTable = await taints(action);
  await mark(sql`select distinct schema_name || '.' || table_name, key, call_id from core.changes where schema_name <> 'core'`);
  const byRow = await taints(action);
  expect({ byTable, byRow }).toEqual({ byTable: BY_TABLE.includes(action), byRow: !SAY_NOTHING.includes(action) });
});
