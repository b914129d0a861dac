import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from './database-suite.ts';
import { openDatabase } from './open.ts';

/** Of a superuser, on a server where databases may be made. */
const server = process.env.TROUPE_TEST_DATABASE_URL;

describe.runIf(server)('on a Postgres server (TROUPE_TEST_DATABASE_URL)', () => {
  const name = `troupe_suite_${crypto.randomUUID().replaceAll('-', '')}`;
  const admin = postgres(server ?? '', { max: 1, onnotice: () => undefined });
  const address = (change: (url: URL) => void) => {
    const url = new URL(server ?? '');
    url.pathname = `/${name}`;
    change(url);
    return url.href;
  };
  const url = () => address(() => undefined);

  const stranger = `stranger_${name}`;

  beforeAll(async () => {
    await admin.unsafe(`create database ${name}`);
  });
  afterAll(async () => {
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.unsafe(`drop role if exists ${stranger}`);
    await admin.end();
  });

  testDatabase(() => openDatabase({ kind: 'postgres', url: url() }));

  const wrong: [string, string, (url: URL) => void][] = [
    ['host', 'unreachable', (url) => (url.hostname = 'nowhere.invalid')],
    ['port', 'unreachable', (url) => (url.port = '1')],
    ['user', 'bad_login', (url) => (url.username = 'nobody_known')],
    ['password', 'bad_login', (url) => (url.password = 'wrong')],
    ['name', 'no_database', (url) => (url.pathname = '/nothing_here')],
  ];
  test.each(wrong)('a wrong %s in the address is database.%s, without the password', async (_part, code, change) => {
    const error = await openDatabase({ kind: 'postgres', url: address(change) }).catch((error) => error);

    expect(error).toMatchObject({ code: `database.${code}` });
    expect(JSON.stringify(error)).not.toContain(new URL(server ?? '').password);
  });

  test('an address that is none, or asks for TLS in words that nobody would hear, is database.bad_url', async () => {
    const secure = address((url) => url.searchParams.set('ssl', 'require'));
    const noPort = address((url) => url.searchParams.set('port', 'none'));
    const noFile = address((url) => url.searchParams.set('sslrootcert', '/nowhere/ca.pem'));
    for (const url of ['not an address', secure, noPort, noFile])
      await expect(openDatabase({ kind: 'postgres', url }), url).rejects.toMatchObject({ code: 'database.bad_url' });
  });

  test('what begins or ends a transaction outside of one is refused, however it is written', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 1 });
    for (const word of ['start/**/transaction', '--\rbegin', `${'/**/'.repeat(40)}begin`])
      await expect(database.rows(sql.raw(word)), word).rejects.toMatchObject({ code: 'database.nested_transaction' });
    await database.close();
  });

  test('a user that may not become troupe_app is database.no_role', async () => {
    await admin.unsafe(`create role ${stranger} login password 'pass'`);
    const database = await openDatabase({
      kind: 'postgres',
      url: address((url) => Object.assign(url, { username: stranger, password: 'pass' })),
      ownerUrl: url(),
    });

    await expect(database.rows(sql`select 1`)).rejects.toMatchObject({ code: 'database.no_role' });
    await database.close();
  });

  test('a statement that took too long is cancelled, and its connection is free again', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 1 });
    const stuck = database.transaction({ timeoutMs: 200 }, (tx) => tx.rows(sql`select pg_sleep(60)`));

    await expect(stuck).rejects.toMatchObject({ code: 'database.timeout' });
    expect(await database.transaction({ timeoutMs: 2000 }, (tx) => tx.rows(sql`select 1 as one`))).toEqual([{ one: 1 }]);
    await database.close();
  });

  test('a lost connection rolls back, says so, and the next transaction has a new one', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 1 });
    const attempt = database.transaction({}, async (tx) => {
      const [row] = await tx.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await admin`select pg_terminate_backend(${row?.pid ?? 0})`;
      await tx.rows(sql`select 1`);
    });

    await expect(attempt).rejects.toMatchObject({ code: 'database.unreachable' });
    expect(await database.transaction({}, (tx) => tx.rows(sql`select 1 as one`))).toEqual([{ one: 1 }]);
    expect(await database.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    await database.close();
  });

  /** By a login of its own, whose password can be changed. */
  const openAs = async (role: string) => {
    await admin.unsafe(`create role ${role} login password 'right'; grant troupe_app to ${role}`);
    const login = address((url) => Object.assign(url, { username: role, password: 'right' }));
    return { role, database: await openDatabase({ kind: 'postgres', url: login, ownerUrl: url() }) };
  };
  const note = (id: string, seconds: number) =>
    sql`insert into suite.notes (id, body) select ${id}, 'a note' from pg_sleep(${seconds}::float8)`;
  const pidOf = async (words: string) => {
    const found = () => admin<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${name} and state = 'active' and query like ${words}`;
    await expect.poll(async () => (await found()).length, { timeout: 10_000 }).toBe(1);
    return (await found())[0]?.pid ?? 0;
  };

  test('a statement that waits behind one whose connection is lost is done, once; work on other connections goes on', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 2 });
    const [lost, waiting, healthy] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const other = database.transaction({}, (tx) => tx.rows(sql`${note(healthy, 1)} returning 'healthy'`));
    await pidOf("%returning 'healthy'");
    const first = expect(database.rows(sql`${note(lost, 60)} returning 'lost'`)).rejects.toMatchObject({ code: 'database.gone' });
    const second = database.rows(note(waiting, 0));
    await admin`select pg_terminate_backend(${await pidOf("%returning 'lost'")})`;

    await Promise.all([first, second, other]);
    const ids = await database.rows(sql`select id from suite.notes where id in (${lost}, ${waiting}, ${healthy}) order by id`);
    expect(ids).toEqual([waiting, healthy].sort().map((id) => ({ id })));
    await database.close();
  });

  test('all that runs in one transaction fails when its connection is lost, without a limit too', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url() });
    const attempt = database.transaction({}, async (tx) => {
      const both = Promise.allSettled([tx.rows(sql`select pg_sleep(60), 'side by side'`), tx.rows(sql`select 1`)]);
      await admin`select pg_terminate_backend(${await pidOf("%'side by side'")})`;
      return both;
    });

    await expect(attempt).rejects.toMatchObject({ code: 'database.unreachable' });
    await database.close();
  });

  test('what takes too long while the server takes no login ends with its limit, and nothing else fails', async () => {
    const { role, database } = await openAs(`late_${name}`);
    const stuck = database.transaction({ timeoutMs: 300 }, async (tx) => {
      await admin.unsafe(`alter role ${role} password 'another'`);
      await tx.rows(sql`select pg_sleep(2)`);
    });

    await expect(stuck).rejects.toMatchObject({ code: 'database.timeout' });
    await database.close();
    await admin.unsafe(`drop role ${role}`);
  });

  test('a closed database leaves no connection, though some were lost and others waited for one', async () => {
    const leaving = address((url) => url.searchParams.set('application_name', 'leaving'));
    const database = await openDatabase({ kind: 'postgres', url: leaving, max: 2 });
    const asked = Array.from({ length: 8 }, (_, at) =>
      database.transaction({}, (tx) => tx.rows(sql`select pg_sleep(0.5), ${`asked ${at}`}::text`)),
    );
    const all = Promise.allSettled(asked);
    const connections = () => admin<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${name} and application_name = 'leaving'`;
    await expect.poll(async () => (await connections()).length).toBe(2);
    await admin`select pg_terminate_backend(${(await connections())[0]?.pid ?? 0})`;
    await database.close();

    await all;
    await expect.poll(async () => (await connections()).length).toBe(0);
    await expect(database.rows(sql`select 1`)).rejects.toMatchObject({ code: 'database.unreachable' });
  });

  test('an address cannot choose another role for the application', async () => {
    const database = await openDatabase({
      kind: 'postgres',
      url: address((url) => url.searchParams.set('options', '-c role=none -c search_path=elsewhere')),
    });

    expect(await database.rows(sql`select current_user as name, current_setting('search_path') as path`)).toEqual([
      { name: 'troupe_app', path: 'elsewhere' },
    ]);
    await database.close();
  });

  test('what an address says of limits, forms and roles is not what we set', async () => {
    const database = await openDatabase({
      kind: 'postgres',
      url: address((url) => {
        url.searchParams.set('lock_timeout', '0');
        url.searchParams.set('query_timeout', '1');
        url.searchParams.set('options', '-c bytea_output=escape -c DateStyle=SQL,DMY');
      }),
    });

    const [row] = await database.rows(sql`select current_setting('lock_timeout') as lock, '\\x00ff'::bytea as raw,
      '2026-03-04 05:06:07+00'::timestamptz as at, '2026-03-04'::date as day from pg_sleep(0.01)`);
    expect(row).toEqual({
      lock: '10s',
      raw: new Uint8Array([0, 255]),
      at: new Date('2026-03-04T05:06:07Z'),
      day: '2026-03-04',
    });
    await database.close();
  });

  test('a session that did not take the role is not used', async () => {
    const proxy = await endingConnections(new URL(url()));
    const database = await openDatabase({ kind: 'postgres', url: address((url) => (url.port = String(proxy.port))) });
    proxy.end('no options');

    await expect(database.rows(sql`select 1`)).rejects.toMatchObject({ code: 'database.no_role' });
    await expect(database.listen('roles', () => undefined)).rejects.toMatchObject({ code: 'database.no_role' });
    await database.close();
    await proxy.close();
  });

  test('a table that was changed after a statement on it was prepared is read all the same', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 3 });
    const read = () => database.rows(sql`select * from suite.notes where id = ${'none'}`);
    await Promise.all([read(), read(), read()]);
    await database.owner((owner) => owner.script('alter table suite.notes add column later text'));

    expect(await Promise.all([read(), read(), read()])).toEqual([[], [], []]);
    await database.owner((owner) => owner.script('alter table suite.notes drop column later'));
    await database.close();
  });

  test('connections that answer no more are given up, and their places taken by others', { timeout: 60_000 }, async () => {
    const proxy = await endingConnections(new URL(url()));
    const database = await openDatabase({ kind: 'postgres', url: address((url) => (url.port = String(proxy.port))), max: 1 });
    await database.rows(sql`select 1`);
    proxy.end('silent');
    await expect(database.transaction({ timeoutMs: 200 }, (tx) => tx.rows(sql`select 1`))).rejects.toMatchObject({
      code: 'database.timeout',
    });

    const works = () => database.transaction({ timeoutMs: 1_000 }, (tx) => tx.rows(sql`select 1 as one`)).catch(() => undefined);
    await expect.poll(works, { timeout: 30_000 }).toEqual([{ one: 1 }]);
    await Promise.all([database.close(), database.close()]);
    await proxy.close();
  });

  test('a connection that ends as soon as it is there fails the statement that it was made for, and nothing else', async () => {
    const proxy = await endingConnections(new URL(url()));
    const database = await openDatabase({ kind: 'postgres', url: address((url) => (url.port = String(proxy.port))), max: 1 });
    await database.rows(sql`select 1`);
    proxy.end('next word');

    await expect(database.rows(sql`select 1 as one`)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await database.rows(sql`select 2 as two`)).toEqual([{ two: 2 }]);
    expect(await database.transaction({}, (tx) => tx.rows(sql`select 1 as one`))).toEqual([{ one: 1 }]);
    await database.close();
    await proxy.close();
  });

  test('whatever is asked while connections are lost and logins refused is answered, and then all works', async () => {
    const { role, database } = await openAs(`lost_${name}`);
    for (let round = 0; round < 12; round++) {
      await Promise.all(Array.from({ length: 6 }, () => database.rows(sql`select pg_sleep(0.02)`)));
      await admin.unsafe(`alter role ${role} password 'another'`);
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`;
      const asked: Promise<unknown>[] = [];
      for (const until = performance.now() + 100; performance.now() < until; await setImmediate()) {
        const both = [database.rows(sql`select 1`), database.transaction({}, (tx) => tx.rows(sql`select 1`))];
        asked.push(Promise.allSettled(both));
      }
      await admin.unsafe(`alter role ${role} password 'right'`);
      await Promise.all(asked);
    }
    const works = Array.from({ length: 16 }, () => database.transaction({}, (tx) => tx.rows(sql`select 1 as one`)));
    expect(await Promise.all(works)).toEqual(works.map(() => [{ one: 1 }]));
    await database.close();
    await admin.unsafe(`drop role ${role}`);
  });

  test('what was sent at once with the beginning, on a connection that was lost, is done on another one: once and in order', async () => {
    const proxy = await endingConnections(new URL(url()));
    const database = await openDatabase({ kind: 'postgres', url: address((url) => (url.port = String(proxy.port))), max: 1 });
    await database.rows(sql`select 1`);
    const id = crypto.randomUUID();
    proxy.end('next word');

    const answered = await database.transaction({}, (tx) => {
      const body = sql`select body from suite.notes where id = ${id}`;
      return Promise.all([tx.rows(body), tx.rows(note(id, 0)), tx.rows(body)]);
    });
    expect(answered).toEqual([[], [], [{ body: 'a note' }]]);
    expect(await database.rows(sql`select 1 as one from suite.notes where id = ${id}`)).toEqual([{ one: 1 }]);
    await database.close();
    await proxy.close();
  });

  test('nothing is done behind a beginning that the server refuses', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 1 });
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    const isolation = 'as nobody knows it' as never;
    const working = database.transaction({ isolation }, (tx) => Promise.all(ids.map((id, at) => tx.rows(note(id, at)))));
    await expect(working).rejects.toMatchObject({ code: '42601' });
    expect(await database.rows(sql`select 1 from suite.notes where id in (${ids[0]}, ${ids[1]})`)).toEqual([]);
    await database.close();
  });

  test('a text that is sent twice behind a failure costs no connection', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url(), max: 1 });
    const pid = async () => database.rows(sql`select pg_backend_pid() as pid`);
    const before = await pid();
    const word = `as twice_${Date.now()}`;
    const twice = sql`select ${1}::integer ${sql.raw(word)}`;
    await database
      .transaction({}, (tx) => Promise.allSettled([tx.rows(sql`select 1 / ${0}::integer`), tx.rows(twice), tx.rows(twice)]))
      .catch(() => undefined);
    expect(await pid()).toEqual(before);
    await database.close();
  });

  test('a server that takes connections and ends them at once is unreachable, and works again when it does', async () => {
    const proxy = await endingConnections(new URL(url()));
    const database = await openDatabase({ kind: 'postgres', url: address((url) => (url.port = String(proxy.port))) });
    const heard = Promise.withResolvers<string>();
    await database.listen('ended', heard.resolve);
    await database.rows(sql`select 1`);
    proxy.end('all');
    const unreachable = { kind: 'unavailable' };
    await expect(database.rows(sql`select 1`)).rejects.toMatchObject(unreachable);
    await expect(database.transaction({}, (tx) => tx.rows(sql`select 1`))).rejects.toMatchObject(unreachable);

    proxy.end('none');
    expect(await database.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    const told = async () => {
      await database.rows(sql`select pg_notify('ended', 'heard')`);
      return Promise.race([heard.promise, Promise.resolve(undefined)]);
    };
    await expect.poll(told, { timeout: 30_000 }).toBe('heard');
    await database.close();
    await proxy.close();
  });

  test('a listener hears again after its connection was lost', async () => {
    const database = await openDatabase({ kind: 'postgres', url: url() });
    const told = Promise.withResolvers<string>();
    await database.listen('again', told.resolve);
    const listening = () => admin<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${name} and query ilike 'listen "again"%' and state = 'idle'`;
    const [first] = await listening();
    await admin`select pg_terminate_backend(${first?.pid ?? 0})`;

    const isAnother = async () => (await listening()).some(({ pid }) => pid !== first?.pid);
    await expect.poll(isAnother, { timeout: 10_000 }).toBe(true);
    await database.rows(sql`select pg_notify('again', 'heard')`);
    expect(await told.promise).toBe('heard');
    await database.close();
  });
});

const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');

/**
 * Stands before the server. Ends one connection as an administrator would, when the client says its next word; or all, with no word;
 * leaves those that are there without an answer; keeps `options` from the server, as some poolers do.
 */
async function endingConnections({ hostname, port }: URL) {
  let ending: 'next word' | 'all' | 'silent' | 'no options' | 'none' = 'none';
  const clients = new Set<net.Socket>();
  const silent = new Set<net.Socket>();
  const proxy = net.createServer((client) => {
    clients.add(client);
    if (ending === 'all') return client.resume().end();
    const server = net.connect(Number(port), hostname);
    let isReady = false;
    server.on('data', (bytes) => {
      isReady ||= bytes.includes(READY);
      client.write(bytes);
    });
    let isFirst = true;
    client.on('data', (bytes) => {
      if (silent.has(client)) return undefined;
      const said = isFirst && ending === 'no options' ? withoutOptions(bytes) : bytes;
      isFirst = false;
      if (!(isReady && ending === 'next word')) return server.write(said);
      ending = 'none';
      return client.end(fatal('57P01'));
    });
    client.on('close', () => {
      clients.delete(client);
      server.destroy();
    });
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as net.AddressInfo).port,
    end(what: typeof ending) {
      ending = what;
      if (what === 'all') for (const client of clients) client.end();
      if (what === 'silent') for (const client of clients) silent.add(client);
    },
    close: () => {
      for (const client of clients) client.destroy();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** A StartupMessage: its length, the version, then names and values that end with a zero each. */
function withoutOptions(startup: Buffer): Buffer {
  const words = startup.subarray(8).toString('latin1').split('\0');
  const kept = words.flatMap((name, at) =>
    at % 2 === 0 && name !== '' && name !== 'options' ? [name, words[at + 1] ?? ''] : [],
  );
  const body = Buffer.from(`${kept.join('\0')}\0\0`, 'latin1');
  const head = Buffer.from(startup.subarray(0, 8));
  head.writeInt32BE(8 + body.length, 0);
  return Buffer.concat([head, body]);
}

/** An ErrorResponse (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
function fatal(sqlstate: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0Mended\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeUInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}
