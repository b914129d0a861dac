// What a call costs: bare statements, the same with every guarantee by hand, an MCP server that only echoes, the kernel in process, REST and MCP.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import type { DatabaseSettings } from '../../core/src/db/database.ts';
import { migrate } from '../../core/src/db/migrate.ts';
import { openDatabase } from '../../core/src/db/open.ts';
import { streamsOf } from '../../core/src/db/streams.ts';
import { createRegistry } from '../../core/src/kernel/registry.ts';
import { installQueue } from '../../core/src/queue/pg-boss.ts';
import { compare, type Result, type Rival } from './blocks.ts';
import { openEcho } from './echo.ts';
import { ACCOUNTS, openLedgerHouse, pathOf, postings } from './ledger-house.ts';
import { leftOut, onServer, withName } from './places.ts';
import { openRawClient, type RawClient } from './raw-client.ts';
import type { Report, Table } from './report.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const BLOCK_MS = Number(process.env.BENCH_BLOCK_MS ?? 1_500);

export async function run(): Promise<Report> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  const tables = [...(await benchOn('PGlite', undefined)), ...(server ? await benchOn('Postgres', server) : [])];
  return {
    tables,
    notes: [
      'write: one entry of two postings (ledger.post-entry). read: the balance of an account (ledger.get-balance).',
      'by hand: the same statements with idempotency, capture, guard, record and outbox, in one client without the kernel.',
      'MCP echo: the same protocol library and server with one tool that answers its input, without a token, a right or a record.',
      'kernel, REST, MCP: by the token of an Admin, with identity and governance installed and 100 rules, ten of them on the action that is called.',
      'x bare, x hand: time per call against those rivals (from calls per second). of echo: the share of its calls per second; + p50: what a call takes longer than its.',
      ...leftOut(),
    ],
  };
}

async function benchOn(kind: 'PGlite' | 'Postgres', server: string | undefined): Promise<Table[]> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-'));
  const names = ['house', 'hand', 'bare'].map((name) => `troupe_bench_${name}_${process.pid}`);
  if (server)
    await onServer(
      server,
      names.map((name) => `create database "${name}"`),
    );
  const settingsOf = (at: number): DatabaseSettings =>
    server
      ? { kind: 'postgres', url: withName(server, names[at] as string) }
      : { kind: 'pglite', folder: join(folder, names[at] as string) };
  try {
    const house = await openLedgerHouse(folder, server && withName(server, names[0] as string));
    const hand = await openPrepared(settingsOf(1), { bare: false });
    const bare = await openPrepared(settingsOf(2), { bare: true });
    const echo = await openEcho();
    const tables: Table[] = [];
    for (const callers of [1, 10, 50]) {
      const options = { callers, rounds: ROUNDS, blockMs: BLOCK_MS };
      const writes = await compare(
        [bareWrite(bare), handWrite(hand), echo.rival, ...house.rivals.map(({ name, write }) => ({ name, once: write }))],
        options,
      );
      const reads = await compare(
        [bareRead(bare), echo.rival, ...house.rivals.map(({ name, read }) => ({ name, once: read }))],
        options,
      );
      tables.push(tableOf(`${kind}, write, ${callers} at once`, writes), tableOf(`${kind}, read, ${callers} at once`, reads));
    }
    for (const one of [house, echo, hand, bare]) await one.close();
    return tables;
  } finally {
    if (server)
      await onServer(
        server,
        names.map((name) => `drop database if exists "${name}" with (force)`),
      );
    await rm(folder, { recursive: true, force: true });
  }
}

function tableOf(title: string, results: readonly Result[]): Table {
  const [bare] = results;
  const hand = results.find(({ name }) => name === 'by hand');
  const echo = results.find(({ name }) => name === 'MCP echo');
  const times = (other: Result | undefined, one: Result) => (other ? (other.perSecond / one.perSecond).toFixed(2) : '');
  return {
    title,
    columns: ['', 'calls/s', 'p50 ms', 'p99 ms', 'x bare', ...(hand ? ['x hand'] : []), 'of echo', '+ p50 ms'],
    rows: results.map((one) => [
      one.name,
      one.perSecond.toFixed(0),
      one.p50.toFixed(2),
      one.p99.toFixed(2),
      times(bare, one),
      ...(hand ? [times(hand, one)] : []),
      echo ? (one.perSecond / echo.perSecond).toFixed(2) : '',
      echo ? (one.p50 - echo.p50).toFixed(2) : '',
    ]),
  };
}

async function openPrepared(settings: DatabaseSettings, { bare }: { bare: boolean }): Promise<RawClient> {
  const database = await openDatabase(settings);
  await migrate(database, streamsOf(createRegistry([ledgerPlugin])));
  await installQueue(database);
  await database.close();
  const client = await openRawClient(settings);
  await client.transaction(async (query) => {
    const callId = crypto.randomUUID();
    await query(`select set_config('troupe.call', $1, true)`, [callId]);
    await query(`insert into ledger.units (code, title, scale, created_at) values ('EUR', 'Euro', 2, now())`, []);
    for (let at = 0; at < ACCOUNTS; at++) {
      for (const side of ['from', 'to'] as const) {
        await query(
          `insert into ledger.accounts (id, path, title, type, unit, created_at) values (gen_random_uuid(), $1, 'Bench', 'asset', 'EUR', now())`,
          [pathOf(side, at)],
        );
      }
    }
    await query(`select core.record_call($1::text::jsonb, '{}')`, [entryOf(callId, 'seed')]);
  });
  if (bare) {
    await client.script(`do $$ declare t record; begin
      for t in select tgrelid::regclass as tab, tgname from pg_trigger where tgname like 'troupe_%' and not tgisinternal loop execute format('drop trigger %I on %s', t.tgname, t.tab); end loop; end $$`);
  }
  await client.script('set role troupe_app');
  return client;
}

const entryOf = (callId: string, kind = 'action') =>
  JSON.stringify({
    call_id: callId,
    request_id: 'r',
    trace_id: 't',
    kind,
    cause: 'bench',
    plugin: 'ledger',
    plugin_version: '1',
    action: 'ledger.post-entry',
    effect: 'write',
    actor: 'local-operator',
    tainted: false,
    outcome: 'succeeded',
    digest: 'd',
  });

const POST_ENTRY = 'select * from ledger.post_entry($1::text::jsonb, $2::text::jsonb)';
function entryArguments(caller: number, callId: string): [string, string] {
  const now = new Date().toISOString();
  const key = crypto.randomUUID();
  const entry = {
    id: crypto.randomUUID(),
    key,
    digest: key,
    memo: `bench ${key}`,
    effective_at: now,
    recorded_at: now,
    call_id: callId,
  };
  return [JSON.stringify(entry), JSON.stringify(postings(caller).map((posting, at) => ({ line: at + 1, ...posting })))];
}

function bareWrite(client: RawClient): Rival {
  return {
    name: 'bare',
    once: (caller) =>
      client.transaction(async (query) => void (await query(POST_ENTRY, entryArguments(caller, crypto.randomUUID())))),
  };
}

function handWrite(client: RawClient): Rival {
  return {
    name: 'by hand',
    once: (caller) =>
      client.transaction(async (query) => {
        const callId = crypto.randomUUID();
        const key = crypto.randomUUID();
        const [entry, lines] = entryArguments(caller, callId);
        await query('select * from core.begin_call($1::uuid, $2, $3, $4, $5, $6::timestamptz, $7::integer, null)', [
          callId,
          'local-operator',
          key,
          'ledger.post-entry',
          'd',
          new Date().toISOString(),
          null,
        ]);
        await query(POST_ENTRY, [entry, lines]);
        const event = {
          place: 0,
          name: 'ledger.entry-posted',
          plugin: 'ledger',
          subject: callId,
          payload: lines,
          trace: '',
          subscriptions: [],
        };
        await query('select core.finish_call($1::text::jsonb, $2, $3::text[], $4, $5, $6::text::jsonb)', [
          entryOf(callId),
          JSON.stringify({ input: entry }),
          '{ledger}',
          key,
          '{}',
          JSON.stringify([event]),
        ]);
      }),
  };
}

function bareRead(client: RawClient): Rival {
  const text = `select a.id, a.path, a.title, a.type, a.unit, a.brand_id, a.minimum, b.balance, b.closed
    from ledger.accounts a join ledger.balances b on b.account_id = a.id where a.path = $1 and a.unit = $2`;
  return { name: 'bare', once: (caller) => client.query(text, [pathOf('to', caller), 'EUR']) };
}
