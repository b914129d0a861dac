// The queue engine behind the driver: pg-boss, in the schema `queue` of the same database.
import { createRequire } from 'node:module';
import { sql } from 'drizzle-orm';
import type { Job, PgBoss } from 'pg-boss';
import type { Log } from '../context.ts';
import type { Database } from '../db/database.ts';
import type { Envelope, Queue } from './driver.ts';

const SCHEMA = 'queue';
const JOBS = 'jobs';
/** Jobs that wait for somebody outside: however long that one is silent, other work goes on. */
const OUTSIDE = 'outside-jobs';
const DEAD = 'dead-jobs';
const OUTSIDE_AT_ONCE = 8;
const STOP_MS = 8_000;
/** A job whose process was killed is taken up by another after so long, and the next look of the supervisor. */
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 5;
/** Goes up when what `installQueue` makes is changed. */
const SETUP = 3;

/** Installs or upgrades the engine's own tables, before `becomeApp`: as the owner. After it the application's role can work with them. */
export async function installQueue(database: Database): Promise<void> {
  const version = queueSetup();
  const [done] = await database.rows(sql`select 1 from core.migrations where stream = 'queue' and file = ${version}`);
  if (done) return; // asking the engine itself takes half a second at every start
  const boss = await open(database, 'owner');
  await boss.start();
  await boss.createQueue(DEAD, { notify: true, retryLimit: 5, retryBackoff: true, retryDelay: 1, retryDelayMax: 300 });
  const jobs = {
    deadLetter: DEAD,
    retryBackoff: true,
    retryDelay: 1,
    retryDelayMax: 300,
    expireInSeconds: 900,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  for (const name of [JOBS, OUTSIDE]) {
    await boss.createQueue(name, { notify: true, ...jobs });
    await boss.updateQueue(name, { notify: true, ...jobs }); // one that an older version made
  }
  await boss.stop({ graceful: false });
  await database.owner(async (owner) => {
    await owner.script(`grant usage on schema ${SCHEMA} to troupe_app;
      grant select, insert, update, delete on all tables in schema ${SCHEMA} to troupe_app;
      grant usage on all sequences in schema ${SCHEMA} to troupe_app;
      grant execute on all functions in schema ${SCHEMA} to troupe_app`);
    await owner.rows(
      sql`insert into core.migrations (stream, file, sha256) values ('queue', ${version}, '') on conflict do nothing`,
    );
  });
}

/** Names what `installQueue` makes. */
export function queueSetup(): string {
  const { version } = createRequire(import.meta.url)('pg-boss/package.json') as { version: string };
  return `pg-boss-${version}-${SETUP}`;
}

/** Opens the installed queue as the application. */
export async function openQueue(database: Database, log: Log): Promise<Queue> {
  const boss = await open(database, 'application');
  boss.on('error', (error) => log.error('queue', { error: error.message }));
  await boss.start();
  const { fromDrizzle } = await import('pg-boss');
  return {
    async enqueue(tx, envelope, { retries, waitsOutside }) {
      // pg-boss types its own minimal drizzle transaction, of which Db is a part
      const options = { id: envelope.jobId, retryLimit: retries, db: fromDrizzle(tx.db as never, sql) };
      await boss.send(waitsOutside ? OUTSIDE : JOBS, envelope, options);
    },
    async work({ run, dead }, { concurrency }) {
      const queues = [...Array<string>(concurrency).fill(JOBS), ...Array<string>(OUTSIDE_AT_ONCE).fill(OUTSIDE)];
      for (const queue of queues) await startWorker(boss, queue, (job) => run({ ...job.data, jobId: job.id }));
      await startWorker(boss, DEAD, (job) => dead(job.data));
    },
    async schedule(entries) {
      for (const { key, cron, envelope } of entries) await boss.schedule(JOBS, cron, envelope, { key, tz: 'UTC' });
    },
    unschedule: (key) => boss.unschedule(JOBS, key),
    async depth() {
      const [row] = await database.rows<{ count: string }>(sql`select count(*) from queue.job
        where name in (${JOBS}, ${OUTSIDE}, ${DEAD}) and (state = 'active' or (state in ('created', 'retry') and start_after <= now()))`);
      return Number(row?.count);
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_MS }),
  };
}

/** One loop that takes a job, works it and takes the next one at once; the engine alone would wait for its poll after every job. */
async function startWorker(boss: PgBoss, queue: string, work: (job: Job<Envelope>) => Promise<void>): Promise<void> {
  let id: string | undefined;
  id = await boss.work<Envelope>(queue, { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 10 }, async (jobs) => {
    try {
      for (const job of jobs) await work(job);
    } finally {
      if (id) boss.notifyWorker(id);
    }
  });
}

async function open({ queue }: Database, role: 'owner' | 'application'): Promise<PgBoss> {
  const { PgBoss, fromPglite } = await import('pg-boss');
  const shared = {
    schema: SCHEMA,
    useListenNotify: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    migrate: role === 'owner',
    registerInstance: false,
    openTelemetry: { enabled: false },
  };
  if (queue.kind === 'pglite') return new PgBoss({ ...shared, backend: 'pglite', db: fromPglite(queue.client as never) });
  return new PgBoss({
    ...shared,
    connectionString: role === 'owner' ? queue.ownerUrl : queue.url,
    max: role === 'owner' ? 1 : 3,
  });
}
