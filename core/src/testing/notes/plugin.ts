// A plugin for tests of the kernel: small, and wrong on purpose where a test needs it to be.
import { eq, sql } from 'drizzle-orm';
import { bigint, integer, pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { defineAction } from '../../define/action.ts';
import { defineEvent, on } from '../../define/event.ts';
import { defineJob } from '../../define/job.ts';
import { definePlugin } from '../../define/plugin.ts';
import { definePolicy } from '../../define/policy.ts';
import { defineErrors } from '../../errors.ts';
import { amount, file, secret } from '../../wire.ts';

const schema = pgSchema('notes');
export const notes = schema.table('notes', {
  id: uuid().primaryKey(),
  authorId: text('author_id').notNull(),
  brandId: text('brand_id'),
  title: text().notNull(),
  draft: text().notNull().default(''),
  wordHash: text('word_hash'),
  amount: bigint({ mode: 'bigint' }).notNull().default(0n),
});
export const readers = schema.table('readers', {
  noteId: uuid('note_id').notNull(),
  readerId: text('reader_id').notNull(),
  seen: integer().notNull().default(0),
});

export const noteErrors = defineErrors('notes', {
  missing: { kind: 'missing', message: 'There is no such note.' },
  too_long: { kind: 'invalid', message: 'A title has at most 40 characters.', constraints: ['title_short'] },
  odd: { kind: 'invalid', message: 'The amounts of an author must add up to an even number.', constraints: ['amounts_even'] },
});

export const noteAdded = defineEvent({
  name: 'notes.note-added',
  subject: ({ authorId }) => authorId,
  schema: z.strictObject({ noteId: z.uuid(), authorId: z.string(), title: z.string() }),
});

export const addNote = defineAction({
  name: 'notes.add-note',
  title: 'Add a note',
  description: 'Writes a note down.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'notes.note.write',
  input: z.strictObject({
    title: z.string().min(1).describe('A short title.'),
    amount: amount.prefault('0'),
    word: secret().optional(),
    picture: file().optional(),
    misbehave: z.enum(['throw', 'leak', 'forget', 'foreign', 'stall']).optional(),
  }),
  output: z.strictObject({ noteId: z.uuid() }),
  timeoutMs: 2_000,
  async handler(ctx, input) {
    const noteId = crypto.randomUUID();
    await ctx.db.insert(notes).values({
      id: noteId,
      authorId: ctx.actor.id,
      title: input.title,
      draft: 'DRAFT-CANARY',
      wordHash: input.word && `hash of ${input.word}`,
      amount: input.amount,
    });
    ctx.emit(noteAdded, { noteId, authorId: ctx.actor.id, title: input.title });
    await misbehaviours[input.misbehave ?? 'not'](ctx);
    return { noteId };
  },
});

/** What a context is used for after its handler ended, for the test to try. */
export const leaked: { ctx?: Context } = {};

const misbehaviours: Record<'throw' | 'leak' | 'forget' | 'foreign' | 'stall' | 'not', (ctx: Context) => Promise<unknown>> = {
  not: async () => undefined,
  throw: async () => {
    throw new Error('planted');
  },
  leak: async (ctx) => {
    leaked.ctx = ctx;
  },
  forget: async (ctx) => {
    void ctx.db.execute(sql`select pg_sleep(0.2)`).then(
      () => undefined,
      () => undefined, // the kernel ends it: that is the test
    );
  },
  foreign: async (ctx) => ctx.db.execute(sql`insert into strangers.things (id) values (1)`),
  stall: async (ctx) => ctx.db.execute(sql`select pg_sleep(10)`),
};

export const retitle = defineAction({
  name: 'notes.retitle',
  title: 'Give a note another title',
  description: 'Changes the title of a note.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'notes.note.write',
  resource: { table: 'notes.notes', key: 'noteId' },
  input: z.strictObject({ noteId: z.uuid(), title: z.string() }),
  output: z.strictObject({ title: z.string() }),
  async handler(ctx, { noteId, title }) {
    const [changed] = await ctx.db.update(notes).set({ title }).where(eq(notes.id, noteId)).returning();
    if (!changed) throw noteErrors.missing({ noteId });
    return { title };
  },
});

export const getNote = defineAction({
  name: 'notes.get-note',
  title: 'Read a note',
  description: 'Answers a note.',
  effect: 'read',
  risk: 'low',
  permission: 'notes.note.read',
  http: 'GET /notes/{noteId}',
  input: z.strictObject({ noteId: z.uuid() }),
  output: z.strictObject({ title: z.string(), amount }),
  async handler(ctx, { noteId }) {
    const [note] = await ctx.db.select().from(notes).where(eq(notes.id, noteId));
    if (!note) throw noteErrors.missing({ noteId });
    return { title: note.title, amount: note.amount };
  },
});

export const countNotes = defineAction({
  name: 'notes.count-notes',
  title: 'Count notes',
  description: 'Says how many notes there are; a read that is recorded.',
  effect: 'read',
  risk: 'medium',
  permission: 'notes.note.read',
  input: z.strictObject({ write: z.boolean().optional() }),
  output: z.strictObject({ count: z.int() }),
  async handler(ctx, { write }) {
    if (write) await ctx.db.insert(notes).values({ id: crypto.randomUUID(), authorId: 'reader', title: 'written by a read' });
    return { count: await ctx.db.$count(notes) };
  },
});

export const makeKey = defineAction({
  name: 'notes.make-key',
  title: 'Make a key',
  description: 'Answers a secret once.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'notes.note.write',
  input: z.strictObject({}),
  output: z.strictObject({ key: secret() }),
  handler: async () => ({ key: 'KEY-CANARY' }),
});

export const readLater = defineJob({
  name: 'notes.read-later',
  input: z.strictObject({ noteId: z.uuid(), fail: z.boolean().default(false) }),
  runsAs: 'caller',
  retries: 0,
  steps: [
    {
      name: 'first',
      handler: async (ctx, { noteId }) => {
        await ctx.db.insert(readers).values({ noteId, readerId: ctx.actor.id, seen: 1 });
      },
    },
    {
      name: 'second',
      handler: async (ctx, { noteId, fail }) => {
        await ctx.db
          .update(readers)
          .set({ seen: sql`${readers.seen} + 1` })
          .where(eq(readers.noteId, noteId));
        if (fail) throw new Error('planted');
      },
    },
  ],
  onDead: async (ctx, { noteId }) => {
    await ctx.db.update(readers).set({ seen: -1 }).where(eq(readers.noteId, noteId));
  },
});

export const planReading = defineAction({
  name: 'notes.plan-reading',
  title: 'Read a note later',
  description: 'Enqueues the reading of a note.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'notes.note.write',
  input: z.strictObject({ noteId: z.uuid(), fail: z.boolean().default(false), throwAfter: z.boolean().default(false) }),
  output: z.strictObject({ jobId: z.uuid() }),
  async handler(ctx, { noteId, fail, throwAfter }) {
    const jobId = await ctx.enqueue(readLater, { noteId, fail });
    if (throwAfter) throw new Error('planted');
    return { jobId };
  },
});

/** Titles in the order in which the subscription saw them; it refuses `poison` until the test says otherwise. */
export const seen: { titles: string[]; refuse: boolean } = { titles: [], refuse: true };

const countAdded = on(noteAdded, {
  name: 'count-added',
  deadLetter: 'block',
  async handler(ctx, note) {
    if (note.title === 'poison' && seen.refuse) throw new Error('planted');
    await ctx.db.insert(readers).values({ noteId: note.noteId, readerId: 'subscription', seen: 1 }).onConflictDoNothing();
    seen.titles.push(note.title);
  },
});

const keepWritten = definePolicy({
  name: 'what-is-final-stays',
  on: ['notes.retitle'],
  decide: ({ record, input }) => {
    if (record?.title === 'final') return 'deny';
    return (input as { title: string }).title === 'ask first' ? 'approve' : 'allow';
  },
});

export const notesPlugin = definePlugin({
  id: 'notes',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'notes.note.read': { title: 'Read notes', roles: ['viewer'] },
    'notes.note.write': { title: 'Write notes', roles: ['editor'] },
    'notes.note.all': { title: "See everybody's notes in previews", roles: ['admin'] },
  },
  tables: {
    notes: { table: notes, read: 'notes.note.all', own: 'authorId', hidden: ['draft'], unrecorded: ['wordHash'] },
    readers: { table: readers, read: 'notes.note.all', own: 'readerId', hidden: [], unrecorded: [] },
  },
  actions: [addNote, retitle, getNote, countNotes, makeKey, planReading],
  errors: [noteErrors],
  events: [noteAdded],
  subscriptions: [countAdded],
  jobs: [readLater],
  policies: [keepWritten],
});
