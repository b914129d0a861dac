// The record as a command opens it: its database and nothing else of the house, and the keys to check it with.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { openDatabase } from '../db/open.ts';
import type { TroupeError } from '../errors.ts';
import { localOperator } from '../http/authenticate.ts';
import { type CallFacts, record } from '../kernel/audit.ts';
import { keyedDigest } from '../kernel/canonical.ts';
import { postgresOf } from '../revealed.ts';
import { sealErrors } from '../seal/errors.ts';
import { findSealKey, parseVerifier, type SealKey, type Verifier } from '../seal/key.ts';
import type { Settings } from '../settings.ts';
import { readServerFile, runningServer } from './door.ts';
import type { FoundInstallation } from './installation.ts';
import { UsageError } from './words.ts';

/** Errors: seal.database_in_use while a server has the embedded one open, seal.not_migrated, those of the database. */
export async function withRecord<T>({ settings }: FoundInstallation, work: (database: Database) => Promise<T>): Promise<T> {
  const { home } = settings;
  const postgres = postgresOf(settings);
  const folder = join(home, 'database');
  if (!postgres && (await runningServer(home))) {
    const { url, pid } = readServerFile(home) ?? {};
    throw sealErrors.database_in_use({ url, pid });
  }
  if (!postgres && !existsSync(join(folder, 'PG_VERSION'))) throw sealErrors.not_migrated({ folder });
  const database = await openDatabase(postgres ?? { kind: 'pglite', folder });
  try {
    const [made] = await database.rows<{ there: boolean }>(sql`select to_regclass('core.sealed_entries') is not null as there`);
    if (!made?.there) throw sealErrors.not_migrated();
    await database.becomeApp();
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The keys of these files, or this installation's own. */
export function verifiersOf(files: readonly string[] | undefined, settings: Settings): Verifier[] {
  return files ? files.map((path) => parseVerifier(readFileSync(path, 'utf8'))) : [ownKey(settings)];
}

export function ownKey(settings: Settings): SealKey {
  const own = findSealKey(settings);
  if (!own)
    throw new UsageError('There is no seal key here: the first start makes it. To check with another one, --public-key FILE.');
  return own;
}

/** Who uses the record through the command line leaves a row in it, as everybody else does; what failed says so. */
export async function recordUse(
  database: Pick<Database, 'rows'>,
  { settings }: FoundInstallation,
  { action, effect, input }: Pick<CallFacts, 'action' | 'effect' | 'input'>,
  failure?: TroupeError,
): Promise<void> {
  const { secretOf } = await import('../house.ts');
  const facts: CallFacts = {
    callId: crypto.randomUUID(),
    kind: 'action',
    cause: 'cli',
    plugin: 'core',
    pluginVersion: '0',
    action,
    effect,
    call: { caller: { principal: localOperator, tainted: false }, requestId: crypto.randomUUID() },
    input,
    digest: keyedDigest(settings.secret?.reveal() ?? secretOf(settings.home), input),
  };
  await record(database, facts, failure ? 'failed' : 'succeeded', failure);
}
