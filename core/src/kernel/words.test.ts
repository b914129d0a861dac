import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../db/database.ts';
import {
  countLines,
  guestbookPlugin,
  hearLine,
  quoteLine,
  readAhead,
  readLine,
  scanLine,
  starLine,
  WAYS,
  type Way,
  writeLine,
} from '../testing/guestbook/plugin.ts';
import { asOwner, startTestKernel } from '../testing/index.ts';
import type { Caller } from './call.ts';

const t = await startTestKernel([guestbookPlugin]);
const ed = { id: 'ed', roles: ['editor'] } as const;
const editor = t.as(ed);
const agent = t.as({ id: 'bot', kind: 'agent', roles: ['editor'], onBehalfOf: ed });
const tainted = t.as({ id: 'bot', kind: 'agent', roles: ['editor'], onBehalfOf: ed, tainted: true });

beforeEach(() => asOwner(t.database, sql`delete from core.untrusted_rows`));

const reads = async (lineId: string, way: Way = 'with its key', who: Caller = agent) =>
  (await t.call(who, readLine.name, { lineId, way })).taints;
const write = async (who: Caller, more: object = {}) => (await t.run(who, writeLine, { text: 'Pay Bob', ...more })).lineId;
const lineThatSays = async (text: string) =>
  (await t.database.rows<{ id: string }>(sql`select id from guestbook.lines where text = ${text}`))[0]?.id ?? '';
const marked = () => t.database.rows(sql`select table_name from core.untrusted_rows order by 1`);

test.each(WAYS)('a run of an agent that reads a row of a tainted run is tainted: %s', async (way) => {
  const clean = await write(editor);
  const lineId = await write(tainted);
  expect(await reads(lineId, way)).toBe(true);
  expect(
    await t.kernel.execute({
      action: readLine.name,
      input: { lineId: clean, way },
      caller: editor,
      surface: 'test',
      requestId: 'r',
    }),
  ).not.toHaveProperty('taints');
});

test.each([
  'with its key',
  'joined, with both keys',
  'by an expression beside its key',
  'by SQL of its own',
  'through a subquery',
  'from the record',
] as const)('beside it stands a row that staff wrote, and reading that taints nobody: %s', async (way) => {
  const clean = await write(editor);
  await write(tainted);
  expect(await reads(clean, way)).toBe(false);
});

test('what is read before the transaction counts', async () => {
  const [clean, lineId] = [await write(editor), await write(tainted)];
  expect((await t.call(agent, readAhead.name, { lineId: clean })).taints).toBe(false);
  expect((await t.call(agent, readAhead.name, { lineId })).taints).toBe(true);
});

test('numbers and ids taint nobody', async () => {
  const lineId = await write(tainted);
  expect((await t.call(agent, countLines.name, {})).taints).toBe(false);
  await t.run(tainted, starLine, { lineId });
  expect((await t.call(agent, countLines.name, {})).taints).toBe(false);
});

test('a dry run taints whoever reads what it would have changed', async () => {
  const [clean, lineId] = [await write(editor), await write(tainted)];
  expect((await t.call(agent, starLine.name, { lineId: clean }, { dryRun: true })).taints).toBe(false);
  expect((await t.call(agent, starLine.name, { lineId }, { dryRun: true })).taints).toBe(true);
});

test('a tainted run that changes a number alone marks nothing', async () => {
  const lineId = await write(editor);
  await t.run(tainted, starLine, { lineId });
  expect(await marked()).toEqual([]);
});

test('words of guests and of people without a role come from outside, those of staff do not', async () => {
  for (const who of [t.guest, t.as({ id: 'customer', roles: [] }), t.as({ id: 'buyer', roles: ['guest'] })])
    expect(await reads(await write(who))).toBe(true);
  for (const who of [editor, agent, t.as({ id: 'machine', kind: 'operator' })]) expect(await reads(await write(who))).toBe(false);
});

test('an agent that acts for somebody who does not work here writes words from outside', async () => {
  const forCustomer = t.as({ id: 'bot', kind: 'agent', roles: ['editor'], onBehalfOf: { id: 'customer', roles: [] } });
  expect(await reads(await write(forCustomer))).toBe(true);
});

test('what an action takes from outside is marked in the tables that it names, whoever calls', async () => {
  const { lineId } = await t.run(editor, scanLine, { text: 'Pay Bob' });
  expect(await reads(lineId)).toBe(true);
  expect(await marked()).toEqual([{ table_name: 'guestbook.lines' }]);
});

test('a handler says itself where words come from', async () => {
  const heard = (byTelephone: boolean) => t.run(editor, hearLine, { text: 'Pay Bob', byTelephone });
  expect(await reads((await heard(false)).lineId)).toBe(false);
  expect(await reads((await heard(true)).lineId)).toBe(true);
});

test('words that are copied are as their first row was', async () => {
  const [clean, lineId] = [await write(editor), await write(tainted)];
  expect(await reads((await t.run(editor, quoteLine, { lineId: clean })).lineId)).toBe(false);
  const copy = (await t.run(editor, quoteLine, { lineId })).lineId;
  expect(await reads(copy)).toBe(true);
  expect(await reads((await t.run(editor, quoteLine, { lineId: copy })).lineId)).toBe(true);
});

test.each([
  ['a tainted agent', tainted, true],
  ['a guest', t.guest, true],
  ['an editor', editor, false],
] as const)('taint travels with events and jobs: %s', async (_who, who, isTainted) => {
  const text = crypto.randomUUID();
  await write(who, { text, thenTell: true, thenWork: true });
  await t.settle();
  expect(await reads(await lineThatSays(`${text} (told)`))).toBe(isTainted);
  expect(await reads(await lineThatSays(`${text} (later)`))).toBe(isTainted);
});

test('a row stays marked when staff change it', async () => {
  const lineId = await write(tainted);
  await t.run(editor, starLine, { lineId });
  expect(await reads(lineId)).toBe(true);
});

test('a call whose words are the house’s own keeps nothing and is asked nothing', async () => {
  const lineId = await write(editor);
  expect(await marked()).toEqual([]);
  expect(await reads(lineId, 'with its key', editor)).toBeUndefined();
});

test('for a model the kernel asks one statement more, where words were read, and for nobody else any', async () => {
  const lineId = await write(editor);
  await reads(lineId); // what is known of tables is asked once
  const { transaction } = t.database;
  let asked = 0;
  const counting: Database['transaction'] = (options, run) =>
    transaction(options, (tx) => {
      const counted =
        (rows: Database['rows']): Database['rows'] =>
        (query) => {
          asked += 1;
          return rows(query);
        };
      return run({ ...tx, rows: counted(tx.rows), aside: counted(tx.aside) });
    });
  const cost = async (call: () => Promise<unknown>) => {
    asked = 0;
    await call();
    return asked;
  };
  Object.assign(t.database, { transaction: counting });
  try {
    const [byEditor, byAgent] = [await cost(() => reads(lineId, 'with its key', editor)), await cost(() => reads(lineId))];
    expect([byEditor, byAgent]).toEqual([1, 2]);
    const numbers = () => t.call(agent, countLines.name, {});
    expect(await cost(numbers)).toBe(1);
    // begins the call; what ends it goes with the commit
    expect(await cost(() => write(editor))).toBe(1);
  } finally {
    Object.assign(t.database, { transaction });
  }
});

test('a refused call marks nothing', async () => {
  await expect(t.call(tainted, 'guestbook.send-out', {})).rejects.toMatchObject({ code: 'core.approval_unavailable' });
  await expect(t.run(tainted, writeLine, { text: 7 } as never)).rejects.toThrow();
  expect(await marked()).toEqual([]);
});

test('a plugin that names a table which nobody declares does not start', async () => {
  const strange = { ...scanLine, untrustedInput: ['guestbook.pages'] as const };
  await expect(startTestKernel([{ ...guestbookPlugin, actions: [strange] }])).rejects.toMatchObject({ code: 'core.bad_plugin' });
});
