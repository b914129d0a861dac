// A record to attack: a migrated database with core's tables alone, rows in it, and a sealer.
import { sql } from 'drizzle-orm';
import type { Database, OwnerSession } from '../../core/src/db/database.ts';
import { migrate } from '../../core/src/db/migrate.ts';
import { openDatabase } from '../../core/src/db/open.ts';
import { streamsOf } from '../../core/src/db/streams.ts';
import { createRegistry } from '../../core/src/kernel/registry.ts';
import { createFolderObjects } from '../../core/src/objects/fs.ts';
import { createLog } from '../../core/src/observe/log.ts';
import { createMetrics } from '../../core/src/observe/metrics.ts';
import { type SealKey, sealKeyOf } from '../../core/src/seal/key.ts';
import { sha256 } from '../../core/src/seal/merkle.ts';
import { createSealer, type Sealer } from '../../core/src/seal/sealer.ts';
import type { Home } from '../bench/places.ts';

export const key: SealKey = sealKeyOf(sha256('a key for attacks').toString('base64'));

export async function openRecord({ folder, databaseUrl }: Home): Promise<Database> {
  const database = await openDatabase(
    databaseUrl ? { kind: 'postgres', url: databaseUrl, max: 4 } : { kind: 'pglite', folder: `${folder}/database` },
  );
  await migrate(database, streamsOf(createRegistry([])));
  await database.becomeApp();
  return database;
}

/** Several on one database share the folder, in which their checkpoints are anchored. */
export function openSealer(database: Database, folder: string): Sealer {
  return createSealer({
    database,
    objects: createFolderObjects({ folder: `${folder}/objects` }),
    log: createLog({ level: 'warn' }),
    metrics: createMetrics(),
    key,
    mostLagSeconds: 60,
  });
}

/** The row of a call, as JSON for core.record_call. */
export const ENTRY = {
  request_id: 'request',
  trace_id: 'trace',
  kind: 'action',
  cause: 'rest',
  plugin: 'notes',
  plugin_version: '1.0.0',
  action: 'notes.add-note',
  effect: 'write',
  actor: 'ann',
  on_behalf_of: 'bob',
  credential: 'session',
  address: '127.0.0.1',
  tainted: false,
  outcome: 'succeeded',
  digest: 'd'.repeat(64),
} as const;

const COLUMNS = Object.entries(ENTRY);

/** Calls with a body and two changes each, `each` of them in one transaction, but every one with a time of its own, as calls have. */
export async function fill(owner: OwnerSession, calls: number, each: number): Promise<void> {
  const names = sql.join(
    COLUMNS.map(([name]) => sql.identifier(name)),
    sql`, `,
  );
  const values = sql.join(
    COLUMNS.map(([, value]) => sql`${value}`),
    sql`, `,
  );
  for (let done = 0; done < calls; done += each) {
    // the guard knows no calls but those of its own transaction's time
    await owner.script('begin; set local session_replication_role = replica');
    await owner.rows(sql`
      with made as materialized (
        select gen_random_uuid() as id, n, now() + (n - ${done}::integer) * interval '1 microsecond' as at
        from generate_series(${done + 1}::integer, ${Math.min(done + each, calls)}::integer) n
      ), entry as (
        insert into core.audit_entries (at, call_id, epoch, ${names}) select m.at, m.id, o.epoch, ${values} from made m, core.epoch o order by m.n
      ), body as (
        insert into core.audit_bodies (at, call_id, outcome, body)
          select m.at, m.id, ${ENTRY.outcome}, '{"input":{"n":"' || m.n || '","text":"' || repeat('x', 200) || '"}}' from made m
      )
      insert into core.changes (at, call_id, schema_name, table_name, key, operation, before, after)
        select m.at, m.id, 'notes', 'notes', m.n || side, case side when 'a' then 'insert' else 'update' end,
          case side when 'b' then '{"id": "' || m.n || '", "title": "' || repeat('y', 60) || '"}' end,
          '{"id": "' || m.n || '", "title": "' || repeat('z', 60) || '"}'
        from made m, unnest(array['a', 'b']) side order by m.n, side`);
    await owner.script('commit');
  }
}
