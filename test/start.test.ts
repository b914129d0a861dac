// Starting and stopping, as somebody at a terminal sees it.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { testDatabaseKind } from '@troupe-os/core/testing';
import { describe, expect, test } from 'vitest';
import { callRest, moduleUrl, newDatabase, newFolder, newPlace, startServer, testServerUrl, troupe } from './servers.ts';

// what no database has a part in is shown once
const isEmbedded = testDatabaseKind === 'pglite';
const SLOW = { timeout: 300_000 };
const CODE_OF_LINE = /^[A-Z][^\n]* \((\w+\.\w+)\)[^\n]*\n$/;

/** One line on stderr that ends with the code of its error, nothing on stdout, and exit code 1. */
function expectOneLine(ended: Awaited<ReturnType<typeof troupe>>, code: string): void {
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(CODE_OF_LINE) });
  expect(ended.stderr.match(CODE_OF_LINE)?.[1]).toBe(code);
}

describe('a server', SLOW, () => {
  test('says where it is and how the Owner signs in, keeps what was acknowledged over a stop, and starts again', async () => {
    const place = await newPlace();
    const first = await startServer(place);
    expect(first.output()).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+ in \d+\.\d+ s\n/);
    expect(statSync(join(place.home, 'server.json')).mode & 0o777).toBe(0o600);
    const [, link] = (await sentence(first)).match(/\/sign-in\/link\?token=(\S+)/) ?? [];

    const signedIn = await callRest(first, undefined, 'identity.redeem-link', { link });
    expect(signedIn).toMatchObject({ status: 200, body: { session: expect.any(String) } });
    expect((await callRest(first, undefined, 'identity.redeem-link', { link })).status).not.toBe(200);
    await callRest(first, first.token, 'ledger.create-unit', { code: 'PTS', title: 'Points', scale: 0 });

    const began = performance.now();
    // in a fresh clone this may be the start that builds the web
    expect(await first.stop()).toMatchObject({ code: 0, stderr: expect.stringMatching(/^(building the web .*\n)?$/) });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(existsSync(join(place.home, 'server.json'))).toBe(false);

    const second = await startServer(place);
    expect(await unitsOf(second)).toContain('PTS');
    expect(second.token).not.toBe(first.token);
    await expect(callRest(second, first.token, 'ledger.list-units')).resolves.toMatchObject({ status: 401 });
  });

  test.runIf(isEmbedded)('has none of its settings in a report that Node writes about it', async () => {
    const folder = newFolder();
    const options = `--report-on-signal --report-directory=${folder} --report-filename=report.json`;
    const place = await newPlace({ env: { TROUPE_SECRET: 'a secret of this house', NODE_OPTIONS: options } });
    const { pid } = await startServer(place);
    process.kill(pid, 'SIGUSR2');
    const report = () => readFileSync(join(folder, 'report.json'), 'utf8');
    await expect.poll(() => JSON.parse(report()), { timeout: 10_000 }).toHaveProperty('header');
    expect(report()).not.toContain('a secret of this house');
  });

  test('that is killed loses nothing that it had acknowledged', async () => {
    const place = await newPlace();
    const server = await startServer(place);
    const acknowledged: { code: string; callId: string | null }[] = [];
    for (let n = 0; ; n++) {
      const code = `U${n}`;
      const unit = { code, title: code, scale: 0 };
      const done = await callRest(server, server.token, 'ledger.create-unit', unit).catch(() => undefined);
      if (done?.status !== 200) break;
      acknowledged.push({ code, callId: done.callId });
      if (acknowledged.length === 20) void server.kill9();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);

    const after = await startServer(place);
    const units = await unitsOf(after);
    const recorded = await callRest(after, after.token, 'governance.search-audit', { action: 'ledger.create-unit', limit: 100 });
    const callIds = (recorded.body.items as { callId: string }[]).map(({ callId }) => callId);
    expect(units).toEqual(expect.arrayContaining(acknowledged.map(({ code }) => code)));
    expect(callIds).toEqual(expect.arrayContaining(acknowledged.map(({ callId }) => callId)));
  });

  test('fills an empty house with works that can be looked at and bought, but for --empty', async () => {
    const place = await newPlace();
    const empty = await startServer(place, ['--empty']);
    expect(await unitsOf(empty)).toEqual(expect.arrayContaining(['EUR', 'USD']));
    expect((await callRest(empty, undefined, 'assets.search')).body).toMatchObject({ items: [], total: 0 });
    await empty.stop();

    const filled = await startServer(place, []);
    const { body: works } = await callRest(filled, undefined, 'assets.search');
    expect(works.total).toBeGreaterThan(20);
    const { body: listings } = await callRest(filled, undefined, 'marketplace.list-listings');
    expect(listings.items).not.toEqual([]);
    await filled.stop();
    const again = await startServer(place, []);
    expect((await callRest(again, undefined, 'assets.search')).body.total).toBe(works.total);
  });
});

describe.runIf(isEmbedded)('a start that cannot be is one line, exit code 1 and nothing half done', SLOW, () => {
  test('a taken port', async () => {
    const place = await newPlace({}, 'pglite');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    expectOneLine(await troupe(['start'], { ...place, env: { PORT: String(port) } }), 'core.port_taken');
    expect(existsSync(place.home)).toBe(false);
    taken.close();
  });

  test('a data folder that a server has open, named with its address and process', async () => {
    const place = await newPlace({}, 'pglite');
    const server = await startServer(place);
    const second = await troupe(['start'], place);
    expectOneLine(second, 'core.runs_already');
    expect(second.stderr).toContain(server.url);
    expect(second.stderr).toContain(String(server.pid));
    expect(await unitsOf(server)).toContain('EUR');
  });

  test('a data folder that something else has open, once it was waited for', async () => {
    const place = await newPlace({}, 'pglite');
    const server = await startServer(place);
    // as for a server that hangs: its folder is locked, and it answers nobody
    process.kill(server.pid, 'SIGSTOP');
    const second = await troupe(['start'], place);
    process.kill(server.pid, 'SIGCONT');
    expectOneLine(second, 'database.locked');
    expect(second.stderr).toContain(`pid: ${server.pid}`);
  });

  test('a seal key that is none, found with all else opened: nothing of it goes on', async () => {
    const place = await newPlace({ env: { TROUPE_SEAL_KEY: 'no key' } });
    expectOneLine(await troupe(['start'], place), 'seal.bad_key');
    expectOneLine(await troupe(['migrate'], place), 'seal.bad_key');
  });

  test('a home that cannot be written', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    // in /proc Linux says of each new folder that the one above it is missing
    for (const home of [file, join(file, 'home'), '/proc/nope'])
      expectOneLine(await troupe(['start'], { home }), 'core.bad_setting');
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'here'],
  ])('%s=%s', async (name, value) => {
    const place = await newPlace({}, 'pglite');
    const ended = await troupe(['start'], { ...place, env: { [name]: value } });
    expectOneLine(ended, 'core.bad_setting');
    expect(ended.stderr).toContain(name);
    expect(existsSync(place.home)).toBe(false);
  });

  test('an address of no server, or of none that answers', async () => {
    for (const [DATABASE_URL, code] of [
      ['postgres://ann:secret-word@nowhere.invalid:5432/troupe', 'database.unreachable'],
      ['postgres://ann:secret-word@127.0.0.1:1/troupe', 'database.unreachable'],
      ['here it is', 'database.bad_url'],
    ] as const) {
      const ended = await troupe(['start'], { home: join(newFolder(), 'home'), env: { DATABASE_URL } });
      expectOneLine(ended, code);
      expect(ended.stderr).not.toContain('secret-word');
    }
  });

  test('a plugin whose migration fails, named by its file: the whole file is undone, and a start with it mended works', async () => {
    const place = await newPlace({
      root: newInstallation('create table scratch.one (id uuid primary key); select no_such_column;'),
    });
    expectOneLine(await troupe(['start', '--empty'], place), 'core.migration_failed');
    const again = await troupe(['start', '--empty'], place);
    expect(again.stderr).toContain('scratch/0001_scratch.sql');
    expect(again.stderr).toContain('no_such_column');

    writeFileSync(join(place.root ?? '', 'migrations/0001_scratch.sql'), 'create table scratch.one (id uuid primary key);');
    const server = await startServer(place);
    expect(await unitsOf(server)).toContain('EUR');
    expect(await server.stop()).toMatchObject({ code: 0 });
    writeFileSync(join(place.root ?? '', 'migrations/0001_scratch.sql'), 'create table scratch.two (id uuid primary key);');
    expectOneLine(await troupe(['start', '--empty'], place), 'core.migration_changed');
  });
});

describe.runIf(testDatabaseKind === 'postgres')('a start on a Postgres that refuses is one line and exit code 1', SLOW, () => {
  const place = (change: (url: URL) => void) => {
    const url = new URL(testServerUrl());
    change(url);
    return { home: join(newFolder(), 'home'), env: { DATABASE_URL: url.href } };
  };

  test('a wrong password', async () => {
    const wrong = place((url) => {
      url.password = 'wrong-word';
    });
    const ended = await troupe(['start'], wrong);
    expectOneLine(ended, 'database.bad_login');
    expect(ended.stderr).not.toContain('wrong-word');
  });

  test('a database that is not there', async () => {
    const nowhere = place((url) => {
      url.pathname = '/no_such_database';
    });
    expectOneLine(await troupe(['start'], nowhere), 'database.no_database');
  });

  test('a database that was made with another secret', async () => {
    const DATABASE_URL = await newDatabase();
    await (await startServer({ home: join(newFolder(), 'home'), env: { DATABASE_URL } })).stop();
    const stranger = await troupe(['start'], { home: join(newFolder(), 'home'), env: { DATABASE_URL } });
    expectOneLine(stranger, 'core.other_secret');
  });
});

type Server = Awaited<ReturnType<typeof startServer>>;

async function sentence(server: Server): Promise<string> {
  await expect.poll(server.output, { timeout: 300_000 }).toContain('sign in as the Owner');
  return server.output();
}

async function unitsOf(server: Server): Promise<string[]> {
  const { body } = await callRest(server, server.token, 'ledger.list-units', { limit: 100 });
  return (body.items as { code: string }[]).map(({ code }) => code);
}

/** An installation elsewhere: the books, and a plugin with this migration. */
function newInstallation(migration: string): string {
  const root = newFolder();
  mkdirSync(join(root, 'migrations'));
  writeFileSync(join(root, 'migrations/0001_scratch.sql'), migration);
  writeFileSync(
    join(root, 'troupe.config.ts'),
    `import { definePlugin } from '${moduleUrl('core/src/index.ts')}';
import { defineInstallation } from '${moduleUrl('core/src/installation.ts')}';
import { identityPlugin } from '${moduleUrl('plugins/identity/src/index.ts')}';
import { ledgerPlugin } from '${moduleUrl('plugins/ledger/src/index.ts')}';
import { pgSchema, uuid } from '${moduleUrl('node_modules/drizzle-orm/pg-core/index.js')}';

const one = pgSchema('scratch').table('one', { id: uuid().primaryKey() });
const scratchPlugin = definePlugin({
  id: 'scratch',
  version: '1.0.0',
  from: new URL('./src/index.ts', import.meta.url).href,
  permissions: { 'scratch.one.read': { title: 'Read', roles: ['admin'] } },
  tables: { one: { table: one, read: 'scratch.one.read', hidden: [], unrecorded: [] } },
  actions: [],
});
export default defineInstallation({ plugins: [identityPlugin, ledgerPlugin, scratchPlugin], surfaces: [] });
`,
  );
  return root;
}
