import { bigint, integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction } from './define/action.ts';
import { keyset, pageInput } from './paging.ts';
import { startTestKernel } from './testing/kernel.ts';
import { addNote, notes, notesPlugin } from './testing/notes/plugin.ts';

const largestFirst = keyset('notes.list-notes', { descending: [notes.amount, notes.id] });
const listNotes = defineAction({
  name: 'notes.list-notes',
  title: 'Notes',
  description: 'Lists notes by their amounts.',
  effect: 'read',
  risk: 'low',
  permission: 'notes.note.read',
  input: z.strictObject(pageInput),
  output: z.strictObject({ items: z.array(z.uuid()), nextCursor: z.string().optional() }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(notes)
      .where(largestFirst.after(cursor))
      .orderBy(...largestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = largestFirst.page(rows, limit, (row) => [row.amount, row.id]);
    return { items: items.map(({ id }) => id), ...next };
  },
});

test('pages hold each row once and in order, though keys are equal and rows come in between; the last has no cursor', async () => {
  const { as, run } = await startTestKernel([{ ...notesPlugin, actions: [...notesPlugin.actions, listNotes] }]);
  const editor = as({ id: 'ann', roles: ['editor'] });
  const add = async (amount: string) => (await run(editor, addNote, { title: 'a', amount })).noteId;
  const equal = [];
  for (let many = 0; many < 5; many += 1) equal.push(await add('2'));
  const expected = [...equal.sort().reverse(), await add('0')];

  const first = await run(editor, listNotes, { limit: 2 });
  await add('4');
  const second = await run(editor, listNotes, { limit: 2, cursor: first.nextCursor });
  const third = await run(editor, listNotes, { limit: 2, cursor: second.nextCursor });

  expect([...first.items, ...second.items, ...third.items]).toEqual(expected);
  expect(third.nextCursor).toBeUndefined();
  expect(await run(editor, listNotes, { limit: 7 })).toEqual({ items: [expect.any(String), ...expected] });
});

const things = pgSchema('shop').table('things', {
  name: text().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
  id: uuid().notNull(),
  number: bigint({ mode: 'number' }).notNull(),
  place: integer().notNull(),
});
const columns = [things.name, things.at, things.id, things.number, things.place] as const;
const list = keyset('shop.list-things', { ascending: columns });
const good = ['a', '2026-02-28T00:00:00.000Z', crypto.randomUUID(), '7', '1'];
const cursorOf = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

test('a cursor goes on where the last row shown stands', () => {
  const key = ['a', new Date(good[1] as string), good[2] as string, 7, 1] as const;
  const { nextCursor } = list.page([1, 2], 1, () => key);
  expect(nextCursor).toBe(cursorOf(['shop.list-things', ...good]));
  expect(list.after(nextCursor)).toBeDefined();
  expect(list.after(undefined)).toBeUndefined();
});

test.each<readonly [string, string]>([
  ['no JSON', 'nonsense'],
  ['nothing', ''],
  ['no list', cursorOf({ name: 'a' })],
  ['the cursor of another list', cursorOf(['shop.list-others', ...good])],
  ['a key that is too short', cursorOf(['shop.list-things', ...good.slice(1)])],
  ['a number', cursorOf(['shop.list-things', 5, ...good.slice(1)])],
  ...[
    ['a\0', 'a\ud800'],
    ['yesterday', '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['me', ''],
    ['1.5', '9'.repeat(19), ''],
    ['9'.repeat(10), 'x'],
  ].flatMap((made, at) => made.map((value) => [value, cursorOf(['shop.list-things', ...good.with(at, value)])] as const)),
])('what is no cursor of this list is core.bad_cursor, and never reaches the database: %j', (_what, cursor) => {
  expect(() => list.after(cursor)).toThrow(expect.objectContaining({ code: 'core.bad_cursor', details: undefined }));
});
