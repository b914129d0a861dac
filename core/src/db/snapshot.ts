// Copies of a freshly migrated embedded database: a new one opens in a third of a second instead of several.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { queueSetup } from '../queue/pg-boss.ts';
import type { Database } from './database.ts';
import { databaseErrors } from './errors.ts';
import type { Stream } from './migrate.ts';

/**
 * Copies an embedded database as it is now, for `PgliteSettings.snapshot`. Some 5 MB when it is fresh and migrated.
 * Errors: database.not_embedded.
 */
export async function dumpSnapshot(database: Database): Promise<Blob> {
  if (database.queue.kind !== 'pglite') throw databaseErrors.not_embedded();
  return database.queue.client.dump();
}

/** The copy that this machine has of a database migrated by just these streams, if any. */
export function cachedSnapshot(streams: readonly Stream[]): Blob | undefined {
  const path = snapshotPath(streams);
  return path && existsSync(path) ? new Blob([readFileSync(path)]) : undefined;
}

/** Keeps a copy of a database that has been migrated and not used yet. */
export async function cacheSnapshot(database: Database, streams: readonly Stream[]): Promise<void> {
  const path = snapshotPath(streams);
  if (!path) return;
  const dump = Buffer.from(await (await dumpSnapshot(database)).arrayBuffer());
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, dump);
  renameSync(partial, path); // another process may be making the same one
}

/** Makes a copy a database of its own: transaction ids of two copies are alike, and the guard tells them apart by the epoch. */
export async function beginEpoch(database: Database): Promise<void> {
  await database.owner((owner) => owner.rows(sql`update core.epoch set epoch = gen_random_uuid()`));
}

/** Changes with every SQL file, with what capture leaves out, and with the queue's engine. */
export function snapshotName(streams: readonly Stream[]): string {
  const hash = createHash('sha256').update(process.version).update(queueSetup());
  for (const { id, folder, unrecorded } of streams) {
    hash.update(JSON.stringify([id, unrecorded]));
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.sql')) : [];
    for (const file of files.sort()) hash.update(file).update(readFileSync(new URL(file, folder)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** In node_modules/.cache of the installation; undefined where there is no node_modules above. */
function snapshotPath(streams: readonly Stream[]): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'node_modules'))) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return join(folder, 'node_modules', '.cache', 'troupe', `${snapshotName(streams)}.tar.gz`);
}
