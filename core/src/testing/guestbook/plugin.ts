// A plugin for tests of taint: everybody may write in it, and it reads its rows in all the ways that there are.
import { eq, sql } from 'drizzle-orm';
import { alias, integer, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Context, Tools } from '../../context.ts';
import { defineAction } from '../../define/action.ts';
import { defineEvent, on } from '../../define/event.ts';
import { defineJob } from '../../define/job.ts';
import { definePlugin } from '../../define/plugin.ts';

const schema = pgSchema('guestbook');
export const lines = schema.table('lines', {
  id: text().primaryKey(),
  authorId: text('author_id').notNull(),
  text: text().notNull(),
  stars: integer().notNull().default(0),
});
export const replies = schema.table(
  'replies',
  { lineId: text('line_id').notNull(), place: integer().notNull(), text: text().notNull() },
  (table) => [primaryKey({ columns: [table.lineId, table.place] })],
);

export const lineWritten = defineEvent({
  name: 'guestbook.line-written',
  subject: ({ lineId }) => lineId,
  schema: z.strictObject({ lineId: z.string(), text: z.string() }),
});

const write = { effect: 'write', consequential: false, risk: 'low', permission: 'guestbook.line.write' } as const;
const lineId = z.string();

const addLine = async (ctx: Context, words: string) => {
  const id = crypto.randomUUID();
  await ctx.db.insert(lines).values({ id, authorId: ctx.actor.id, text: words });
  await ctx.db.insert(replies).values({ lineId: id, place: 0, text: 'Welcome!' });
  return { lineId: id };
};

export const writeLine = defineAction({
  ...write,
  name: 'guestbook.write-line',
  title: 'Write a line',
  description: 'Writes a line into the book.',
  input: z.strictObject({ text: z.string(), thenTell: z.boolean().default(false), thenWork: z.boolean().default(false) }),
  output: z.strictObject({ lineId }),
  async handler(ctx, { text, thenTell, thenWork }) {
    const written = await addLine(ctx, text);
    if (thenTell) ctx.emit(lineWritten, { ...written, text });
    if (thenWork) await ctx.enqueue(repeatLater, { text });
    return written;
  },
});

/** Words of a file: from outside, whoever brings it in. */
export const scanLine = defineAction({
  ...write,
  name: 'guestbook.scan-line',
  title: 'Scan a line',
  description: 'Takes a line from a sheet of paper.',
  untrustedInput: ['guestbook.lines'],
  input: z.strictObject({ text: z.string() }),
  output: z.strictObject({ lineId }),
  handler: (ctx, { text }) => addLine(ctx, text),
});

export const quoteLine = defineAction({
  ...write,
  name: 'guestbook.quote-line',
  title: 'Quote a line',
  description: 'Writes the words of another line once more.',
  input: z.strictObject({ lineId }),
  output: z.strictObject({ lineId }),
  async handler(ctx, { lineId }) {
    const [found] = await ctx.db.select().from(lines).where(eq(lines.id, lineId));
    ctx.copiesWords({ from: 'guestbook.lines', keys: [lineId], into: ['guestbook.lines'] });
    return addLine(ctx, `"${found?.text}"`);
  },
});

export const hearLine = defineAction({
  ...write,
  name: 'guestbook.hear-line',
  title: 'Hear a line',
  description: 'Writes down what was heard on the telephone, if it was.',
  input: z.strictObject({ text: z.string(), byTelephone: z.boolean() }),
  output: z.strictObject({ lineId }),
  async handler(ctx, { text, byTelephone }) {
    if (byTelephone) ctx.markUntrusted('guestbook.lines');
    return addLine(ctx, text);
  },
});

export const starLine = defineAction({
  ...write,
  name: 'guestbook.star-line',
  title: 'Give a star',
  description: 'Gives a line a star.',
  input: z.strictObject({ lineId }),
  output: z.strictObject({}),
  async handler(ctx, { lineId }) {
    await ctx.db
      .update(lines)
      .set({ stars: sql`${lines.stars} + 1` })
      .where(eq(lines.id, lineId));
    return {};
  },
});

export const sendOut = defineAction({
  ...write,
  consequential: true,
  name: 'guestbook.send-out',
  title: 'Send out',
  description: 'Sends something out.',
  input: z.strictObject({}),
  output: z.strictObject({}),
  handler: async () => ({}),
});

const other = alias(lines, 'other');

const ways = {
  'with its key': (ctx, id) => ctx.db.select({ id: lines.id, text: lines.text }).from(lines).where(eq(lines.id, id)),
  'without its key': (ctx, id) => ctx.db.select({ text: lines.text }).from(lines).where(eq(lines.id, id)),
  'joined, with both keys': (ctx, id) =>
    ctx.db.select().from(lines).innerJoin(replies, eq(replies.lineId, lines.id)).where(eq(lines.id, id)),
  'beside the key of another row': (ctx, id) =>
    ctx.db.select({ id: other.id, text: lines.text }).from(lines).innerJoin(other, sql`true`).where(eq(lines.id, id)),
  'by an expression beside its key': (ctx, id) =>
    ctx.db
      .select({ id: lines.id, loud: sql<string>`upper(${lines.text})` })
      .from(lines)
      .where(eq(lines.id, id)),
  'all in one text': (ctx) => ctx.db.select({ all: sql<string>`string_agg(${lines.text}, ' ')` }).from(lines),
  'by SQL of its own': (ctx, id) => ctx.db.execute(sql`select id, text from guestbook.lines where id = ${id}`),
  'by SQL, without its key': (ctx, id) =>
    ctx.db.execute(sql`select left(text, 100) as begin from guestbook.lines where id = ${id}`),
  'through a subquery': (ctx, id) =>
    ctx.db.execute(sql`select one.text as says, one.id as id from (select * from guestbook.lines where id = ${id}) one`),
  'through a query with a name, looked at twice': (ctx, id) =>
    ctx.db.execute(
      sql`with book as (select * from guestbook.lines) select one.id, two.text from book one, book two where one.id <> ${id} and two.id = ${id} limit 1`,
    ),
  'from all rows, beside its key': (ctx) =>
    ctx.db
      .select({ id: lines.id, all: sql<string>`string_agg(${lines.text}, ' ') over ()` })
      .from(lines)
      .limit(1),
  'from the record': (ctx, id) =>
    ctx.db.execute(sql`select call_id, after from core.changes where table_name = 'lines' and key = ${id}`),
  'from the record, without its call': (ctx, id) =>
    ctx.db.execute(sql`select after from core.changes where table_name = 'lines' and key = ${id}`),
} as const satisfies Record<string, (ctx: Context, id: string) => PromiseLike<unknown>>;
export type Way = keyof typeof ways;
export const WAYS = Object.keys(ways) as Way[];

export const readLine = defineAction({
  name: 'guestbook.read-line',
  title: 'Read a line',
  description: 'Reads a line in one of many ways.',
  effect: 'read',
  risk: 'low',
  permission: 'guestbook.line.read',
  input: z.strictObject({ lineId, way: z.enum(WAYS as [Way, ...Way[]]) }),
  output: z.strictObject({ words: z.string() }),
  handler: async (ctx, { lineId, way }) => ({ words: JSON.stringify(await ways[way](ctx, lineId)) }),
});

export const readAhead = defineAction({
  name: 'guestbook.read-ahead',
  title: 'Read a line ahead',
  description: 'Reads a line before the transaction.',
  effect: 'read',
  risk: 'low',
  permission: 'guestbook.line.read',
  input: z.strictObject({ lineId }),
  output: z.strictObject({ words: z.string() }),
  async prepare(tools: Tools, { lineId }): Promise<string> {
    const [found] = await tools.db.select().from(lines).where(eq(lines.id, lineId));
    return found?.text ?? '';
  },
  handler: async (_ctx, _input, words) => ({ words }),
});

export const countLines = defineAction({
  name: 'guestbook.count-lines',
  title: 'Count lines',
  description: 'Says how many lines there are, and their stars.',
  effect: 'read',
  risk: 'low',
  permission: 'guestbook.line.read',
  input: z.strictObject({}),
  output: z.strictObject({ count: z.int(), stars: z.array(z.int()) }),
  async handler(ctx) {
    const rows = await ctx.db.select({ id: lines.id, stars: lines.stars }).from(lines);
    return { count: rows.length, stars: rows.map(({ stars }) => stars) };
  },
});

const repeatLater = defineJob({
  name: 'guestbook.repeat-later',
  input: z.strictObject({ text: z.string() }),
  runsAs: 'plugin',
  steps: [
    {
      name: 'repeat',
      async handler(ctx: Context, { text }) {
        await addLine(ctx, `${text} (later)`);
      },
    },
  ],
});

const repeatTold = on(lineWritten, {
  name: 'repeat-told',
  deadLetter: 'skip',
  async handler(ctx, { text }) {
    await addLine(ctx, `${text} (told)`);
  },
});

export const guestbookPlugin = definePlugin({
  id: 'guestbook',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'guestbook.line.read': { title: 'Read the book', roles: ['viewer'] },
    'guestbook.line.write': { title: 'Write in the book', roles: ['guest'] },
  },
  tables: {
    lines: { table: lines, read: 'guestbook.line.read', own: 'authorId', hidden: [], unrecorded: [] },
    replies: { table: replies, read: 'guestbook.line.read', hidden: [], unrecorded: [] },
  },
  actions: [writeLine, scanLine, quoteLine, hearLine, starLine, sendOut, readLine, readAhead, countLines],
  events: [lineWritten],
  subscriptions: [repeatTold],
  jobs: [repeatLater],
});
