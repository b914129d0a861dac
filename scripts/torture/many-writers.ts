// Twenty writers whose transactions stay open for random times, some rolled back, and three sealers: no row may be skipped.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Database } from '../../core/src/db/database.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import type { Home } from '../bench/places.ts';
import { randomOf } from './random.ts';
import { ENTRY, key, openRecord, openSealer } from './record.ts';

export const WRITERS = 20;
export const SEALERS = 3;
const ROLLED_BACK = 0.05;

export interface Writing {
  readonly seconds: number;
  readonly seed: number;
  /** A transaction stays open for a random time up to this, one of a hundred up to ten times as long. */
  readonly openMs: number;
  readonly broken: string[];
}

export interface Written {
  readonly calls: number;
  readonly skipped: number;
  /** Seconds from the answer to the commit until the checkpoint that covers the row was stored, sorted. */
  readonly lags: readonly number[];
}

export async function writeAndSeal(home: Home, { seconds, seed, openMs, broken }: Writing): Promise<Written> {
  const databases = await Promise.all(Array.from({ length: SEALERS }, () => openRecord(home)));
  const [database] = databases as [Database];
  const sealers = databases.map((one) => openSealer(one, home.folder));
  for (const sealer of sealers) sealer.start();
  const until = performance.now() + seconds * 1000;
  const committed = await Promise.all(
    Array.from({ length: WRITERS }, (_, number) =>
      write(home.databaseUrl ?? '', { random: randomOf(seed + number), openMs, until }),
    ),
  );
  await setTimeout(2_500); // what was committed last has its checkpoint by then
  const times = new Map(committed.flatMap((one) => [...one]));
  const sealedAt = await sealTimes(database);
  const skipped = [...times.keys()].filter((callId) => !sealedAt.has(callId));
  if (skipped.length > 0 || sealedAt.size !== times.size)
    broken.push(`${skipped.length} of ${times.size} calls are not sealed, ${sealedAt.size} are: ${skipped.slice(0, 3)}`);
  await verifyLog({
    rows: database.rows,
    keys: [key],
    outside: [],
    found: (finding) => broken.push(JSON.stringify(finding)),
  });
  for (const sealer of sealers) await sealer.stop();
  for (const one of databases) await one.close();
  const lags = [...times].map(([callId, at]) => ((sealedAt.get(callId) ?? Number.POSITIVE_INFINITY) - at) / 1000);
  return { calls: times.size, skipped: skipped.length, lags: lags.sort((one, other) => one - other) };
}

/** Calls with one change each. Answers when each was committed. */
async function write(url: string, { random, openMs, until }: { random: () => number; openMs: number; until: number }) {
  const { default: connect } = await import('postgres');
  const client = connect(url, { max: 1, onnotice() {} });
  const committed = new Map<string, number>();
  while (performance.now() < until) {
    const callId = crypto.randomUUID();
    const isKept = random() > ROLLED_BACK;
    const longest = random() < 0.01 ? openMs * 10 : openMs;
    const call = async (tx: postgres.TransactionSql) => {
      await tx`insert into core.changes (call_id, schema_name, table_name, key, operation, after)
        values (${callId}, 'notes', 'notes', ${callId}, 'insert', '{"title": "a note"}')`;
      await tx`select core.record_call(${tx.json({ ...ENTRY, call_id: callId })}, '{"input":{"title":"a note"}}')`;
      await setTimeout(random() * longest);
      if (!isKept) throw new RolledBack();
    };
    await client.begin(call).then(
      () => committed.set(callId, Date.now()),
      (error) => {
        if (!(error instanceof RolledBack)) throw error;
      },
    );
  }
  await client.end();
  return committed;
}

class RolledBack extends Error {}

async function sealTimes(database: Database): Promise<Map<string, number>> {
  const sealed = await database.rows<{ call_id: string; sealed_at: Date }>(sql`
    select e.call_id, (select c.sealed_at from core.checkpoints c where c.size > s.position order by c.size limit 1) as sealed_at
    from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id where e.plugin = 'notes'`);
  return new Map(sealed.map(({ call_id, sealed_at }) => [call_id, sealed_at.getTime()]));
}
