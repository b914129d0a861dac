// What both databases promise. Run by database.pglite.test.ts and database.postgres.test.ts.
import { eq, sql } from 'drizzle-orm';
import { bigint, boolean, customType, integer, jsonb, numeric, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { databaseError } from './database-error.ts';

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
const notes = pgSchema('suite').table('notes', {
  id: text().primaryKey(),
  body: text().notNull(),
  stars: integer(),
  big: bigint({ mode: 'bigint' }),
  price: numeric(),
  open: boolean(),
  extra: jsonb(),
  raw: bytes(),
  at: timestamp({ withTimezone: true }),
});

const CREATE = `
  do $$ begin create role troupe_app; exception when duplicate_object or unique_violation then null; end $$;
  create schema suite;
  create table suite.notes (
    id text primary key, body text not null constraint body_short check (length(body) < 40), stars int, big int8, price numeric,
    open boolean, extra jsonb, raw bytea, at timestamptz
  );
  create table suite.links (note text constraint note_known references suite.notes deferrable initially deferred);
  grant usage on schema suite to troupe_app;
  grant select, insert, update, delete on all tables in schema suite to troupe_app`;

const FOR_EVER = sql`select count(*) from generate_series(1, 100000000000)`;

const code = (code: string) => expect.objectContaining({ code: `database.${code}` });
const fresh = () => ({ id: crypto.randomUUID(), body: 'a note' });

/** Declares the suite's tests. `open` answers an empty database; the suite closes it. */
export function testDatabase(open: () => Promise<Database>): void {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    await database.owner((owner) => owner.script(CREATE));
    await database.becomeApp();
  }, 60_000);
  afterAll(() => database.close());

  const insert = (note: typeof notes.$inferInsert) => database.transaction({}, (tx) => tx.db.insert(notes).values(note));
  const find = async (id: string) => (await database.db.select().from(notes).where(eq(notes.id, id)))[0];

  describe('a transaction', () => {
    test('is committed when its function resolves, and answers what that answers', async () => {
      const note = fresh();
      const answer = await database.transaction({}, async (tx) => {
        await tx.db.insert(notes).values(note);
        return 'done';
      });

      expect(answer).toBe('done');
      expect(await find(note.id)).toMatchObject(note);
    });

    test('is rolled back when its function throws, and throws the same', async () => {
      const note = fresh();
      const fault = new Error('changed my mind');
      const attempt = database.transaction({}, async (tx) => {
        await tx.db.insert(notes).values(note);
        throw fault;
      });

      await expect(attempt).rejects.toBe(fault);
      expect(await find(note.id)).toBeUndefined();
    });

    test('with a failed statement is rolled back even if the failure was caught', async () => {
      const [note, taken] = [fresh(), fresh()];
      await insert(taken);
      const attempt = database.transaction({}, async (tx) => {
        await tx.db.insert(notes).values(note);
        await tx.db
          .insert(notes)
          .values(taken)
          .catch(() => 'never mind');
      });

      expect(databaseError(await attempt.catch((error) => error))).toMatchObject({ sqlstate: '23505', constraint: 'notes_pkey' });
      expect(await find(note.id)).toBeUndefined();
    });

    test('whose commit a deferred constraint refuses throws that, and leaves nothing', async () => {
      const note = fresh();
      const attempt = database.transaction({}, async (tx) => {
        await tx.db.insert(notes).values(note);
        await tx.rows(sql`insert into suite.links values ('nothing')`);
      });

      expect(databaseError(await attempt.catch((error) => error))).toMatchObject({ sqlstate: '23503', constraint: 'note_known' });
      expect(await find(note.id)).toBeUndefined();
    });

    test('that ends with a query still running is rolled back', async () => {
      const note = fresh();
      const attempt = database.transaction({}, async (tx) => {
        tx.db
          .insert(notes)
          .values(note)
          .catch(() => 'nobody waits');
        expect(tx.pending()).toBe(1);
      });

      await expect(attempt).rejects.toEqual(code('open_queries'));
      expect(await find(note.id)).toBeUndefined();
    });

    test('answers what follows a statement with it, and not what another statement came after', async () => {
      const notesSeen = sql`select count(*)::integer as seen from suite.notes`;
      const follow = (at: number, statements: number) =>
        database.transaction({}, async (tx) => {
          const followed = tx.follow<{ seen: number }>(at, notesSeen);
          await tx.aside(sql`select 1`);
          await Promise.all(Array.from({ length: statements }, () => tx.db.insert(notes).values(fresh())));
          expect(tx.sent()).toBe(statements);
          tx.end();
          return [await followed(), (await tx.rows<{ seen: number }>(notesSeen))[0]] as const;
        });

      const [answered, now] = await follow(2, 2);
      expect(answered).toEqual([now]);
      expect((await follow(2, 3))[0]).toBeUndefined();
      expect((await follow(2, 1))[0]).toBeUndefined(); // the second comes after the end
      const unasked = database.transaction({}, async (tx) => {
        tx.follow(1, notesSeen);
        await tx.db.insert(notes).values(fresh());
      });
      await expect(unasked).resolves.toBeUndefined();
    });

    test('that is read-only refuses a write', async () => {
      const attempt = database.transaction({ readOnly: true }, (tx) => tx.db.insert(notes).values(fresh()));

      expect(databaseError(await attempt.catch((error) => error))).toMatchObject({ sqlstate: '25006' });
    });

    test('has the isolation that was asked for', async () => {
      const show = (options: Parameters<Database['transaction']>[0]) =>
        database.transaction(options, (tx) =>
          tx.rows<{ level: string }>(sql`select current_setting('transaction_isolation') as level`),
        );

      expect(await show({ isolation: 'repeatable read', readOnly: true })).toEqual([{ level: 'repeatable read' }]);
      expect(await show({})).toEqual([{ level: 'read committed' }]);
    });

    test('refuses to begin, end or divide one inside', async () => {
      const words = [
        'begin',
        'COMMIT',
        '/* now */ rollback',
        '-- first\n savepoint one',
        '; start  transaction',
        'release one',
        'end',
      ];
      for (const word of words) {
        const attempt = database.transaction({}, (tx) => tx.rows(sql.raw(word)));
        await expect(attempt, word).rejects.toEqual(code('nested_transaction'));
      }
      const hidden = database.transaction({}, (tx) => tx.rows(sql.raw('select 1; commit')));
      expect(databaseError(await hidden.catch((error) => error))?.sqlstate).toBe('42601');
    });

    test('refuses what would stay with its session, or wait for bytes of its caller', async () => {
      const words = [
        'set role none',
        'SET timezone = 1',
        'reset all',
        '/* x */ copy suite.notes from stdin',
        'discard all',
        'listen x',
      ];
      for (const word of words) await expect(database.rows(sql.raw(word)), word).rejects.toEqual(code('of_session'));
      await database.transaction({}, (tx) => tx.rows(sql.raw("set local lock_timeout = '1s'")));
    });

    test("refuses drizzle's own transactions and the rest of the database inside", async () => {
      const uses: ((db: object) => unknown)[] = [
        (db) => (db as { transaction(run: () => Promise<void>): unknown }).transaction(async () => undefined),
        () => database.transaction({}, async () => undefined),
        () => database.rows(sql`select 1`),
        () => database.db.execute(sql`select 1`),
        () => database.owner(async () => undefined),
      ];
      for (const use of uses) {
        const error = await database.transaction({}, async (tx) => use(tx.db)).catch((error) => error.cause ?? error);
        expect(error).toEqual(code('nested_transaction'));
      }
    });

    test('lets work that it began go on afterwards, outside', async () => {
      const gate = Promise.withResolvers<void>();
      const later = await database.transaction({}, async () => ({
        work: gate.promise.then(() => database.rows(sql`select 1 as one`)),
      }));
      gate.resolve();

      expect(await later.work).toEqual([{ one: 1 }]);
    });

    test('that takes too long is stopped, rolled back and does not hold up the next', async () => {
      const note = fresh();
      const begun = performance.now();
      const attempt = database.transaction({ timeoutMs: 300 }, async (tx) => {
        await tx.db.insert(notes).values(note);
        await tx.rows(FOR_EVER);
      });

      await expect(attempt).rejects.toEqual(code('timeout'));
      expect(await find(note.id).catch((error) => error)).toBeUndefined();
      expect(performance.now() - begun).toBeLessThan(5000);
    });

    test('that waits for something else too long is rolled back', async () => {
      const note = fresh();
      const attempt = database.transaction({ timeoutMs: 100 }, async (tx) => {
        await tx.db.insert(notes).values(note);
        await new Promise(() => undefined);
      });

      await expect(attempt).rejects.toEqual(code('timeout'));
      expect(await find(note.id)).toBeUndefined();
    });

    test('ends with its last statement: both hold, or nothing does, and what it said is thrown', async () => {
      const [kept, refused, unknown] = [fresh(), fresh(), fresh()];
      const close = (note: typeof kept, body: string) =>
        database.transaction({}, async (tx) => {
          await tx.db.insert(notes).values(note);
          tx.closeWith(sql`insert into suite.notes (id, body) values (${`${note.id} closed`}, ${body})`);
          return 'done';
        });
      expect(await close(kept, 'the end')).toBe('done');
      expect(await find(`${kept.id} closed`)).toMatchObject({ body: 'the end' });

      const thrown = await close(refused, 'x'.repeat(41)).catch((error: unknown) => error);
      expect(databaseError(thrown)).toMatchObject({ sqlstate: '23514', constraint: 'body_short' });
      const byCommit = database.transaction({}, async (tx) => {
        await tx.db.insert(notes).values(unknown);
        tx.closeWith(sql`insert into suite.links (note) values ('of nobody')`);
      });
      expect(databaseError(await byCommit.catch((error: unknown) => error))).toMatchObject({ constraint: 'note_known' });
      expect([await find(refused.id), await find(`${refused.id} closed`), await find(unknown.id)]).toEqual([
        ...[undefined, undefined, undefined],
      ]);
    });

    test('whose last statement takes too long is stopped, undone and said to be', async () => {
      const note = fresh();
      const attempt = database.transaction({ timeoutMs: 300 }, async (tx) => {
        await tx.db.insert(notes).values(note);
        tx.closeWith(FOR_EVER);
      });
      await expect(attempt).rejects.toEqual(code('timeout'));
      expect(await find(note.id).catch((error) => error)).toBeUndefined();
    });

    test('whose first statement is none, or has a value that is none, has begun all the same: nothing that follows stays', async () => {
      const none = [sql`select nothing from nowhere`, sql`select ${'not a number'}::int`, sql`select ${'\\x0'}::bytea`];
      for (const first of [...none, ...none]) {
        const note = fresh();
        const attempt = database.transaction({}, async (tx) => {
          await tx.rows(first).catch(() => undefined);
          await tx.db
            .insert(notes)
            .values(note)
            .catch(() => undefined);
        });
        await expect(attempt).rejects.toThrow();
        expect(await find(note.id)).toBeUndefined();
      }
    });

    test('sends its first statements in the order in which they were asked for, and is there for whoever asks nothing', async () => {
      const ids = await database.transaction({}, async (tx) => {
        const note = fresh();
        const [, found] = await Promise.all([
          tx.rows(sql`insert into suite.notes (id, body) values (${note.id}, ${note.body})`),
          tx.rows<{ id: string }>(sql`select id from suite.notes where id = ${note.id}`),
        ]);
        return { asked: note.id, found: found.map(({ id }) => id) };
      });
      expect(ids.found).toEqual([ids.asked]);
      expect(await database.transaction({}, async () => 'nothing')).toBe('nothing');
    });
  });

  describe('a database that has ended', () => {
    test('refuses queries and builders that were made before', async () => {
      const note = fresh();
      const { builder, db } = await database.transaction({}, async (tx) => ({
        builder: tx.db.insert(notes).values(note),
        db: tx.db,
      }));

      const next = database.transaction({}, async () => {
        const [first, second] = await Promise.all(
          [builder, db.execute(sql`select 1`)].map((late) => late.catch((error) => error.cause)),
        );
        expect([first, second]).toEqual([code('context_dead'), code('context_dead')]);
      });
      await next;
      expect(await find(note.id)).toBeUndefined();
    });

    test('leaves raw rows to the kernel until the commit', async () => {
      const note = fresh();
      await database.transaction({}, async (tx) => {
        const builder = tx.db.select().from(notes);
        tx.end();
        await expect(builder).rejects.toMatchObject({ cause: code('context_dead') });
        await tx.rows(sql`insert into suite.notes (id, body) values (${note.id}, ${note.body})`);
      });

      expect(await find(note.id)).toMatchObject(note);
    });
  });

  describe('rows', () => {
    test('have one form for each type', async () => {
      const [row] =
        await database.rows(sql`select 1::int2 as small, 2 as int, 3::int8 as big, 9007199254740993::int8 as bigger, 1.50 as price,
        0.5::float8 as float, true as yes, null as nothing, '{"a":[1]}'::jsonb as doc, '{"b":2}'::json as old, '\\x00ff'::bytea as raw,
        '2026-11-22 10:00:00.123+02'::timestamptz as at, '2026-11-22 10:00'::timestamp as wall, '2026-11-22'::date as day, '90 min'::interval as span,
        '{1,2}'::int[] as ints, '{a,b}'::text[] as texts, '{1,2}'::int8[] as bigs, '{1.5}'::numeric[] as prices,
        array[null, 'NULL', '', 'a "b"\\,{c}'] as odd, '{{1,2},{3,null}}'::int[] as grid, '{}'::uuid[] as none, '{t,f}'::boolean[] as flags`);

      expect(row).toEqual({
        small: 1,
        int: 2,
        big: '3',
        bigger: '9007199254740993',
        price: '1.50',
        float: 0.5,
        yes: true,
        nothing: null,
        doc: { a: [1] },
        old: { b: 2 },
        raw: new Uint8Array([0, 255]),
        at: new Date('2026-11-22T08:00:00.123Z'),
        wall: '2026-11-22 10:00:00',
        day: '2026-11-22',
        span: '01:30:00',
        ints: [1, 2],
        texts: ['a', 'b'],
        bigs: ['1', '2'],
        prices: '{1.5}',
        odd: [null, 'NULL', '', 'a "b"\\,{c}'],
        grid: [
          [1, 2],
          [3, null],
        ],
        none: [],
        flags: [true, false],
      });
    });

    test('take parameters of every kind', async () => {
      const at = new Date('2026-11-22T08:00:00.123Z');
      const [row] =
        await database.rows(sql`select ${at}::timestamptz as at, ${9007199254740993n}::int8 as big, ${{ a: 1n.toString() }}::jsonb as doc,
        ${'[1,2]'}::jsonb as list, ${sql.param([
          [1, 2],
          [3, null],
        ])}::int[] as grid, ${sql.param(['x', 'y "z"\\,{}'])}::text[] as texts, ${'true'}::boolean as yes, ${false}::boolean as no,
        ${null}::text as nothing, ${sql.param(undefined)}::text as neither, ${new Uint8Array([1])}::bytea as raw, ${1.5}::numeric as price`);

      expect(row).toEqual({
        at,
        big: '9007199254740993',
        doc: { a: '1' },
        list: [1, 2],
        grid: [
          [1, 2],
          [3, null],
        ],
        texts: ['x', 'y "z"\\,{}'],
        yes: true,
        no: false,
        nothing: null,
        neither: null,
        raw: new Uint8Array([1]),
        price: '1.5',
      });
    });

    test('are decoded by drizzle as its columns say', async () => {
      const note = {
        ...fresh(),
        stars: 5,
        big: 9007199254740993n,
        price: '12345678901234567890.12',
        open: false,
        extra: { list: [1, 'two'] },
        raw: new Uint8Array([1, 2]),
        at: new Date('2026-11-22T08:00:00.123Z'),
      };
      await insert(note);

      expect(await find(note.id)).toEqual(note);
      expect(await database.db.$count(notes, eq(notes.id, note.id))).toBe(1);
      expect(await database.db.execute(sql`select at from suite.notes where id = ${note.id}`)).toEqual([{ at: note.at }]);
    });
  });

  describe('an error', () => {
    test('says its SQLSTATE and constraint, and none of the values', async () => {
      const secret = 'hunter2 '.repeat(8);
      const attempts = [
        insert({ id: secret, body: secret }),
        insert({ ...fresh(), extra: sql`${secret}::jsonb` }),
        database.rows(sql`select ${secret}::int`),
        database.rows(sql`insert into suite.notes (id, body) values (${secret}, null)`),
      ];
      const errors = (await Promise.allSettled(attempts)).map((attempt) =>
        databaseError((attempt as PromiseRejectedResult).reason),
      );

      expect(errors.map((error) => error?.sqlstate)).toEqual(['23514', '22P02', '22P02', '23502']);
      expect(errors[0]?.constraint).toBe('body_short');
      expect(JSON.stringify(errors)).not.toContain('hunter2');
    });

    test('of raw rows carries no values anywhere', async () => {
      const secret = 'hunter2';
      const error = await database.rows(sql`insert into suite.notes (id, body) values (${secret}, null)`).catch((error) => error);

      expect(
        JSON.stringify([error.stack, error.message, ...Object.getOwnPropertyNames(error).map((name) => error[name])]),
      ).not.toContain(secret);
    });
  });

  describe('roles', () => {
    test('are the application outside, the owner inside owner(), and the application again', async () => {
      const who = sql`select current_user as name`;
      const owner = await database.owner((session) => session.rows<{ name: string }>(who));

      expect(owner[0]?.name).not.toBe('troupe_app');
      expect(await database.rows(who)).toEqual([{ name: 'troupe_app' }]);
      expect(await database.transaction({}, (tx) => tx.rows(who))).toEqual([{ name: 'troupe_app' }]);
    });

    test('stay the owner inside owner() where the first statement fails', async () => {
      const none = sql`select 1 / ${0}::int as none`;
      await expect(database.rows(none)).rejects.toThrow(); // now it is known
      const who = await database.owner(async (session) => {
        await session.rows(none).catch(() => undefined);
        return session.rows<{ name: string }>(sql`select current_user as name`);
      });
      expect(who[0]?.name).not.toBe('troupe_app');
    });

    test('keep the application from making tables', async () => {
      const error = await database.rows(sql`create table suite.mine (id int)`).catch((error) => error);

      expect(databaseError(error)?.sqlstate).toBe('42501');
    });

    test("give the owner's transaction whole scripts, undone together", async () => {
      const attempt = database.owner((session) =>
        session.transaction(async (tx) => {
          await tx.script('create table suite.half (id int); insert into suite.half values (1)');
          await tx.script('select * from suite.nowhere');
        }),
      );

      expect(databaseError(await attempt.catch((error) => error))?.sqlstate).toBe('42P01');
      const known = await database.owner((session) => session.rows(sql`select to_regclass('suite.half') as half`));
      expect(known).toEqual([{ half: null }]);
    });

    test("keep one session for all of an owner's work, so that its advisory lock holds", async () => {
      const pids = await database.owner(async (session) => {
        await session.rows(sql`select pg_advisory_lock(7)`);
        const inner = await session.transaction((tx) => tx.rows(sql`select pg_backend_pid() as pid`));
        const [unlocked] = await session.rows<{ done: boolean }>(sql`select pg_advisory_unlock(7) as done`);
        expect(unlocked?.done).toBe(true);
        return [inner, await session.rows(sql`select pg_backend_pid() as pid`)];
      });

      expect(pids[0]).toEqual(pids[1]);
    });

    test("refuse the owner's session while its own transaction is open", async () => {
      const attempt = database.owner((session) => session.transaction(() => session.rows(sql`select 1`)));

      await expect(attempt).rejects.toEqual(code('nested_transaction'));
    });
  });

  describe('listening', () => {
    test('hears what was told by a committed transaction, and nothing after it stopped', async () => {
      const heard: string[] = [];
      const first = Promise.withResolvers<void>();
      const second = Promise.withResolvers<void>();
      const stop = await database.listen('Suite', (payload) => {
        heard.push(payload);
        first.resolve();
      });
      await database.transaction({}, (tx) => tx.rows(sql`select pg_notify('Suite', 'kept')`));
      await first.promise;
      await stop();

      const stopSecond = await database.listen('other', () => second.resolve());
      await database.rows(sql`select pg_notify('Suite', 'unheard'), pg_notify('other', '')`);
      await second.promise;
      await stopSecond();
      expect(heard).toEqual(['kept']);
    });
  });
}
