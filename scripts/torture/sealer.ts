// Twenty writers with open transactions of random length and three sealers: no row may be skipped. Then how fast a large log is verified.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from '../../core/src/db/database.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import { type Home, onServer, withName } from '../bench/places.ts';
import { quantile } from '../bench/report.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';
import { ENTRY, fill, key, openRecord, openSealer } from './record.ts';

const WRITERS = 20;
const SEALERS = 3;
const LONGEST_OPEN_MS = 60;
const CALLS_A_TRANSACTION = 1_000;
const LAG_BAR_SECONDS = 2;
const VERIFY_BAR_SECONDS = 60;

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  if (!server) throw new Error('This one needs a Postgres server: TROUPE_TEST_DATABASE_URL.');
  const seconds = isShort ? 5 : 60;
  const rows = isShort ? 10_000 : 1_000_000;
  const broken: string[] = [];
  const written = await onDatabase(server, (home) => writeAndSeal(home, { seconds, seed, broken }));
  const verified = await onDatabase(server, (home) => verifyMany(home, { rows, broken }));
  return {
    tables: [
      {
        title: `${WRITERS} writers, transactions open up to ${LONGEST_OPEN_MS} ms, ${SEALERS} sealers, ${seconds} s`,
        columns: ['', ''],
        rows: [
          ['calls', written.calls],
          ['calls/s', Math.round(written.calls / seconds)],
          ['skipped', written.skipped],
          ['lag p50, s', quantile(written.lags, 0.5).toFixed(2)],
          ['lag p99, s', quantile(written.lags, 0.99).toFixed(2)],
          ['lag at most, s', (written.lags.at(-1) ?? Number.NaN).toFixed(2)],
        ],
      },
      {
        title: `${rows} rows, each with a body and two changes`,
        columns: ['', 'seconds', 'rows/s', 'memory grew by, MiB'],
        rows: [
          ['sealed', verified.sealSeconds.toFixed(1), Math.round(rows / verified.sealSeconds), ''],
          ['verified', verified.seconds.toFixed(1), Math.round(rows / verified.seconds), verified.grewMiB.toFixed(0)],
        ],
      },
    ],
    notes: [
      'Lag: from the answer to the commit until the checkpoint that covers the row was stored. Memory: of the verifying process, highest of all looks.',
    ],
    broken,
  };
}

async function onDatabase<T>(server: string, work: (home: Home) => Promise<T>): Promise<T> {
  const name = `troupe_torture_${crypto.randomUUID().replaceAll('-', '')}`;
  await onServer(server, [`create database "${name}"`]);
  try {
    return await work({ folder: '', databaseUrl: withName(server, name) });
  } finally {
    await onServer(server, [`drop database if exists "${name}" with (force)`]);
  }
}

async function writeAndSeal(home: Home, { seconds, seed, broken }: { seconds: number; seed: number; broken: string[] }) {
  const databases = await Promise.all(Array.from({ length: SEALERS }, () => openRecord(home)));
  const [database] = databases as [Database];
  const sealers = databases.map((one) => openSealer(one));
  for (const sealer of sealers) sealer.start();
  const committed = new Map<string, number>();
  const until = performance.now() + seconds * 1000;
  const { default: postgres } = await import('postgres');
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, number) => {
      const random = randomOf(seed + number);
      const client = postgres(home.databaseUrl ?? '', { max: 1, onnotice() {} });
      while (performance.now() < until) {
        const callId = crypto.randomUUID();
        await client.begin(async (tx) => {
          await tx`select core.record_call(${tx.json({ ...ENTRY, call_id: callId })}, '{}')`;
          await setTimeout(random() * LONGEST_OPEN_MS);
        });
        committed.set(callId, Date.now());
      }
      await client.end();
    }),
  );
  await setTimeout(2 * LAG_BAR_SECONDS * 1000);
  const sealed = await database.rows<{ call_id: string; sealed_at: Date }>(sql`
    select e.call_id, (select c.sealed_at from core.checkpoints c where c.size > s.position order by c.size limit 1) as sealed_at
    from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id where e.plugin = 'notes'`);
  const sealedAt = new Map(sealed.map(({ call_id, sealed_at }) => [call_id, sealed_at.getTime()]));
  const skipped = [...committed.keys()].filter((callId) => !sealedAt.has(callId));
  if (skipped.length > 0 || sealed.length !== committed.size)
    broken.push(`${skipped.length} of ${committed.size} calls are not sealed: ${skipped.slice(0, 3)}`);
  await verifyLog({ rows: database.rows, keys: [key], outside: [], found: (finding) => broken.push(JSON.stringify(finding)) });
  const lags = [...committed].map(([callId, at]) => ((sealedAt.get(callId) ?? Number.POSITIVE_INFINITY) - at) / 1000);
  lags.sort((one, other) => one - other);
  if (quantile(lags, 0.99) > LAG_BAR_SECONDS) broken.push(`the lag is over ${LAG_BAR_SECONDS} s`);
  for (const sealer of sealers) await sealer.stop();
  for (const one of databases) await one.close();
  return { calls: committed.size, skipped: skipped.length, lags };
}

async function verifyMany(home: Home, { rows, broken }: { rows: number; broken: string[] }) {
  const database = await openRecord(home);
  try {
    await database.owner((owner) => fill(owner, rows, CALLS_A_TRANSACTION));
    const sealing = performance.now();
    await openSealer(database).seal();
    const sealSeconds = (performance.now() - sealing) / 1000;
    await database.owner((owner) => owner.script('analyze'));
    const before = process.memoryUsage().rss;
    let highest = before;
    const began = performance.now();
    const progress = () => {
      highest = Math.max(highest, process.memoryUsage().rss);
    };
    const verified = await verifyLog({
      rows: database.rows,
      keys: [key],
      outside: [],
      progress,
      found: (finding) => broken.push(JSON.stringify(finding)),
    });
    const seconds = (performance.now() - began) / 1000;
    if (verified.leaves < rows) broken.push(`${verified.leaves} of ${rows} rows were sealed`);
    if (seconds > VERIFY_BAR_SECONDS) broken.push(`verifying took longer than ${VERIFY_BAR_SECONDS} s`);
    return { sealSeconds, seconds, grewMiB: (highest - before) / 2 ** 20 };
  } finally {
    await database.close();
  }
}
