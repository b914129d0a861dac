// One installation, opened: database, objects, queue, kernel. The server, the command line and the benches all open it here.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { closeAll } from './closing.ts';
import type { Database, DatabaseSettings } from './db/database.ts';
import { databaseErrors } from './db/errors.ts';
import { appliedFiles, migrate } from './db/migrate.ts';
import { openDatabase } from './db/open.ts';
import { beginEpoch, cachedSnapshot } from './db/snapshot.ts';
import { assertWatched, streamsOf } from './db/streams.ts';
import { openEmbeddings } from './embeddings/open.ts';
import { houseErrors, TroupeError } from './errors.ts';
import type { Installation } from './installation.ts';
import { keyedDigest } from './kernel/canonical.ts';
import { createKernel, type Kernel } from './kernel/kernel.ts';
import { createRegistry } from './kernel/registry.ts';
import { openMail } from './mail/open.ts';
import { makeHome } from './make-home.ts';
import { openObjects } from './objects/open.ts';
import { createLog, type Logger } from './observe/log.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createTracing } from './observe/trace.ts';
import { installQueue, openQueue } from './queue/pg-boss.ts';
import { embeddingsOf, mailOf, objectsOf, postgresOf } from './revealed.ts';
import { loadSealKey } from './seal/key.ts';
import type { Settings } from './settings.ts';

export interface House {
  readonly kernel: Kernel;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The migrations that this opening applied. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

const LOCK_WAIT_MS = 10_000;
const LOCK_POLL_MS = 100;

/** Opens the house: migrated, checked, with nothing working in it yet. Errors: those of the database, of migrations and of bad plugins. */
export async function openHouse(installation: Installation, settings: Settings): Promise<House> {
  const registry = createRegistry(installation.plugins);
  makeHome(settings.home);
  const log = createLog({ level: settings.logLevel, moment: () => ({ traceId: tracing.current()?.traceId }) });
  const tracing = createTracing({ endpoint: settings.traceEndpoint, serviceName: 'troupe', log });
  const streams = streamsOf(registry);
  const postgres = postgresOf(settings);
  const folder = join(settings.home, 'database');
  const snapshot = postgres || existsSync(folder) ? undefined : cachedSnapshot(streams);
  const database = await openUnlocked(postgres ?? { kind: 'pglite', folder, ...(snapshot ? { snapshot } : {}) });
  // what is opened later is put before these, so that what works on the database ends before it
  const closers: (() => Promise<unknown> | undefined)[] = [tracing.close, database.close];
  try {
    if (snapshot) await beginEpoch(database);
    const migrated = snapshot ? await appliedFiles(database) : await migrate(database, streams);
    await installQueue(database);
    await database.becomeApp();
    await assertWatched(database, registry);
    const secret = settings.secret?.reveal() ?? secretOf(settings.home);
    await assertSameSecret(database, secret);
    const objects = await openObjects(objectsOf(settings));
    closers.unshift(objects.close);
    const embeddings = await openEmbeddings(embeddingsOf(settings));
    closers.unshift(embeddings.close);
    const mail = openMail(mailOf(settings));
    closers.unshift(mail.close);
    const metrics = createMetrics({ process: true });
    const queue = await openQueue(database, log);
    closers.unshift(queue.stop);
    const { chainAnchor } = settings;
    const seal = {
      key: loadSealKey(settings),
      mostLagSeconds: settings.mostSealLagSeconds,
      ...(chainAnchor ? { chain: chainAnchor } : {}),
    };
    const { publicUrl, variable } = settings;
    const kernel = createKernel({
      registry,
      database,
      objects,
      embeddings,
      mail,
      queue,
      log,
      metrics,
      tracing,
      secret,
      publicUrl,
      seal,
      requireSecondFactor: settings.isSecondFactorRequired,
      ...(settings.callLimits ? { callLimits: settings.callLimits } : {}),
      variable,
    });
    closers.unshift(kernel.stop);
    return { kernel, database, metrics, log, migrated, close: () => closeAll(closers) };
  } catch (error) {
    await closeAll(closers).catch(() => undefined); // why the house did not open is what there is to say
    throw error;
  }
}

/** A command that has just ended, or a server that is being stopped, may hold the folder for a moment more. */
async function openUnlocked(settings: DatabaseSettings): Promise<Database> {
  const until = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return await openDatabase(settings);
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== databaseErrors.locked.code || performance.now() > until) throw error;
      await setTimeout(LOCK_POLL_MS);
    }
  }
}

/** The key of this installation's digests: made once, readable by the owner of the folder only. */
export function secretOf(home: string): string {
  const path = join(home, 'secret');
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // it was made before, or by another first start just now
  }
  return readFileSync(path, 'utf8').trim();
}

/** Two processes with different secrets would not recognise each other's idempotency keys. Errors: core.other_secret. */
async function assertSameSecret(database: Database, secret: string): Promise<void> {
  const check = keyedDigest(secret, 'secret check');
  await database.rows(sql`update core.epoch set secret_check = ${check} where secret_check is null`);
  const [row] = await database.rows<{ secret_check: string }>(sql`select secret_check from core.epoch`);
  if (row?.secret_check !== check) throw houseErrors.other_secret();
}
