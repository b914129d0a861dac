// Handlers whose first statements are sent together with the beginning of their call: none of them is executed where the call may not go on.
import { eq, sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Tx } from '../db/database.ts';
import { defineAction } from '../define/action.ts';
import { coreErrors } from '../errors.ts';
import { startTestKernel, type TestKernel } from '../testing/index.ts';
import { addNote, notes, notesPlugin } from '../testing/notes/plugin.ts';
import { type CallFacts, record, recordUnlessEnded } from './audit.ts';

/** What the database said to the first statement of each run. */
const said: ('done' | 'refused')[] = [];
const heard = async <T>(answering: PromiseLike<T>): Promise<T> => {
  try {
    const answer = await answering;
    said.push('done');
    return answer;
  } catch (error) {
    said.push('refused');
    throw error;
  }
};

const touch = defineAction({
  name: 'notes.touch',
  title: 'Touch a note',
  description: 'Changes a note.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'notes.note.write',
  input: z.strictObject({ noteId: z.uuid(), title: z.string() }),
  output: z.strictObject({}),
  timeoutMs: 2_000,
  async handler(ctx, { noteId, title }) {
    await heard(ctx.db.update(notes).set({ title }).where(eq(notes.id, noteId)));
    return {};
  },
});
const look = defineAction({
  name: 'notes.look',
  title: 'Look at notes',
  description: 'Counts notes.',
  effect: 'read',
  risk: 'low',
  permission: 'notes.note.read',
  input: z.strictObject({}),
  output: z.strictObject({ count: z.int() }),
  handler: async (ctx) => ({ count: await heard(ctx.db.$count(notes)) }),
});
const risk = defineAction({ ...addNote, name: 'notes.risk', risk: 'high' });

let t: TestKernel;
let noteId = '';
const editor = () => t.as({ id: 'ed', roles: ['editor'] });
/** Does `work` while a transaction that began with `first` is open. */
async function besideOpen<T>(first: (tx: Tx) => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const open = t.database.transaction({}, async (tx) => {
    await first(tx);
    begun.resolve();
    await over.promise;
  });
  await Promise.race([begun.promise, open]);
  try {
    return await work();
  } finally {
    over.resolve();
    await open;
  }
}
/** Nobody is told of it: the next call finds out by itself. */
const changeRights = () =>
  t.database.owner(async (owner) => {
    await owner.script('alter table core.rights disable trigger user');
    await owner.rows(sql`update core.rights set version = version + 1`);
    await owner.script('alter table core.rights enable trigger user');
  });

beforeAll(async () => {
  // nobody else may find out that rights have changed: not the delivery of an event either
  t = await startTestKernel([{ ...notesPlugin, actions: [...notesPlugin.actions, touch, look, risk] }], { workers: false });
  ({ noteId } = await t.run(editor(), addNote, { title: 'one' }));
});
beforeEach(() => {
  said.length = 0;
});

test('by the rights of a moment ago neither a write nor a read is executed, and by those of now both are', async () => {
  await t.run(editor(), look, {});
  await changeRights();
  await t.run(editor(), touch, { noteId, title: 'two' });
  await changeRights();
  await t.run(editor(), look, {});
  expect(said).toEqual(['done', 'refused', 'done', 'refused', 'done']);
});

test('what was done with a key is answered again, and not begun', async () => {
  const input = { noteId, title: 'three' };
  const first = await t.call(editor(), touch.name, input, { idempotencyKey: 'three' });
  expect(await t.call(editor(), touch.name, input, { idempotencyKey: 'three' })).toEqual({ ...first, replayed: true });
  expect(said).toEqual(['done', 'refused']);
});

test.runIf(process.env.TROUPE_TEST_DATABASE === 'postgres')('nor does it wait for what somebody else holds', async () => {
  const input = { noteId, title: 'four' };
  const first = await t.call(editor(), touch.name, input, { idempotencyKey: 'four' });
  const lock = (tx: Tx) => tx.rows(sql`select 1 from notes.notes where id = ${noteId} for update`);
  const again = await besideOpen(lock, () => t.call(editor(), touch.name, input, { idempotencyKey: 'four' }));
  expect(again).toEqual({ ...first, replayed: true });
});

test('of calls of high risk that race with one key each has an end', async () => {
  const call = () => t.call(editor(), risk.name, { title: 'race' }, { idempotencyKey: 'race' });
  const answers = await Promise.all([call(), call(), call(), call()]);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const ends = await t.database.rows<{
    call_id: string;
  }>(sql`select call_id, array_agg(outcome || coalesce(error, '') order by id) as outcomes
    from core.audit_entries where action = ${risk.name} group by call_id having not 'succeeded' = any (array_agg(outcome))`);
  expect(ends).toEqual(ends.map(({ call_id }) => ({ call_id, outcomes: ['initiated', 'failedcore.repeated'] })));
});

test('a read of low risk that is refused in its transaction leaves a row too', async () => {
  const viewer = t.as({ id: 'fading', roles: ['viewer'] });
  await t.run(viewer, look, {});
  t.as({ id: 'fading', roles: [] });
  await changeRights();
  await expect(t.run(viewer, look, {})).rejects.toMatchObject({ code: 'core.unknown_action' });
  const rows = await t.database.rows(sql`select outcome, error from core.audit_entries where actor = 'fading'`);
  expect(rows).toEqual([{ outcome: 'denied', error: 'core.unknown_action' }]);
});

// on the embedded database one waits for the other anyway
test.runIf(process.env.TROUPE_TEST_DATABASE === 'postgres')(
  'whether a call has ended is known only when its transaction has',
  async () => {
    const { principal } = editor();
    const facts = {
      ...{ callId: crypto.randomUUID(), kind: 'action', cause: 'direct', plugin: 'notes', pluginVersion: '1.0.0' },
      ...{
        action: touch.name,
        effect: 'write',
        call: { caller: { principal, tainted: false }, requestId: 'r', trace: '' },
        input: {},
        digest: 'd',
      },
    } as unknown as CallFacts;
    const succeed = async (tx: Tx) => {
      await tx.rows(sql`select * from core.begin_call(${facts.callId}, 'ed', null, ${touch.name}, '', now(), null, null)`);
      await record(tx, facts, 'succeeded');
    };
    let isRecorded = false;
    const recording = await besideOpen(succeed, async () => {
      const recorded = recordUnlessEnded(t.database, facts, coreErrors.internal()).then(() => {
        isRecorded = true;
      });
      const waits = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
      await vi.waitUntil(async () => isRecorded || (await t.database.rows(waits)).length > 0);
      return { recorded };
    });
    await recording.recorded;
    const rows = await t.database.rows(sql`select outcome from core.audit_entries where call_id = ${facts.callId}`);
    expect(rows).toEqual([{ outcome: 'succeeded' }]);
  },
);
