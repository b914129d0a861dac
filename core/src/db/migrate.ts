// Our own migration runner: one stream a plugin, each file once and in order of its name, checked by its hash, under one lock.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { houseErrors, TroupeError } from '../errors.ts';
import type { Database, OwnerSession } from './database.ts';
import { databaseError } from './database-error.ts';

/** The SQL files of core or of one plugin. */
export interface Stream {
  /** `core`, or the id of the plugin: also its Postgres schema. */
  readonly id: string;
  readonly version: string;
  readonly folder: URL;
  /** By table, the SQL names of columns that capture leaves out. */
  readonly unrecorded: Readonly<Record<string, readonly string[]>>;
}

const LOCK = 7_221_001;
/** Stands among a stream's files for what capture leaves out of its tables. */
const CAPTURE = 'capture';

/**
 * Applies what is new. Answers the files it applied, as `stream/file`.
 * Errors: core.migration_changed, core.migration_failed (that file is rolled back and named, the ones before it stay).
 */
export async function migrate(database: Database, streams: readonly Stream[]): Promise<string[]> {
  return database.owner(async (owner) => {
    if (await isCurrent(owner, streams)) return [];
    await owner.rows(sql`select pg_advisory_lock(${LOCK})`);
    try {
      await owner.script(`create schema if not exists core;
        create table if not exists core.migrations (stream text, file text, sha256 text not null, at timestamptz not null default now(), primary key (stream, file))`);
      const known = await owner.rows<Applied>(sql`select stream, file, sha256 from core.migrations`);
      const applied: string[] = [];
      for (const stream of streams) applied.push(...(await applyStream(owner, stream, known)));
      return applied;
    } finally {
      await owner.rows(sql`select pg_advisory_unlock(${LOCK})`);
    }
  });
}

/** Whether every file has been applied as it is: then there is nothing to lock. */
async function isCurrent(owner: OwnerSession, streams: readonly Stream[]): Promise<boolean> {
  const [made] = await owner.rows<{ there: boolean }>(sql`select to_regclass('core.migrations') is not null as there`);
  if (!made?.there) return false;
  const known = await owner.rows<Applied>(sql`select stream, file, sha256 from core.migrations`);
  for (const stream of streams) {
    for (const file of await sqlFiles(stream)) {
      const { sha256 } = await readSql(stream, file);
      if (!known.some((row) => row.stream === stream.id && row.file === file && row.sha256 === sha256)) return false;
    }
    if (!isCaptured(stream, known)) return false;
  }
  return true;
}

interface Applied {
  readonly stream: string;
  readonly file: string;
  readonly sha256: string;
}

async function readSql(stream: Stream, file: string): Promise<{ body: string; sha256: string }> {
  const body = await readFile(new URL(file, stream.folder), 'utf8');
  return { body, sha256: createHash('sha256').update(body).digest('hex') };
}

/** The files that a copied database came with, as `stream/file`. */
export async function appliedFiles(database: Database): Promise<string[]> {
  const rows = await database.rows<Applied>(
    sql`select stream, file from core.migrations where stream <> 'queue' and file <> ${CAPTURE} order by at, stream, file`,
  );
  return rows.map(({ stream, file }) => `${stream}/${file}`);
}

async function applyStream(owner: OwnerSession, stream: Stream, known: readonly Applied[]): Promise<string[]> {
  const applied: string[] = [];
  for (const file of await sqlFiles(stream)) {
    const { body, sha256 } = await readSql(stream, file);
    const before = known.find((row) => row.stream === stream.id && row.file === file);
    if (before && before.sha256 !== sha256) throw houseErrors.migration_changed({ file: `${stream.id}/${file}` });
    if (before) continue;
    try {
      await applyFile(owner, stream, file, body, sha256);
    } catch (error) {
      if (error instanceof TroupeError) throw error;
      const reason = databaseError(error)?.message ?? String(error);
      throw houseErrors.migration_failed({ file: `${stream.id}/${file}`, reason }, error);
    }
    applied.push(`${stream.id}/${file}`);
  }
  if (isCaptured(stream, known)) return applied;
  // each file has captured all tables anew by the declaration of now
  if (applied.length > 0) await owner.rows(rememberFile(stream, CAPTURE, captureDigest(stream)));
  else await applyFile(owner, stream, CAPTURE, '', captureDigest(stream));
  return applied;
}

const captureDigest = ({ unrecorded }: Stream) => createHash('sha256').update(JSON.stringify(unrecorded)).digest('hex');

/** Whether capture leaves out what the plugin declares now: a declaration may change without a migration. */
function isCaptured(stream: Stream, known: readonly Applied[]): boolean {
  const digest = captureDigest(stream);
  if (Object.keys(stream.unrecorded).length === 0) return true;
  return known.some((row) => row.stream === stream.id && row.file === CAPTURE && row.sha256 === digest);
}

const rememberFile = ({ id }: Stream, file: string, sha256: string) =>
  sql`insert into core.migrations (stream, file, sha256) values (${id}, ${file}, ${sha256})
    on conflict (stream, file) do update set sha256 = excluded.sha256, at = now()`;

async function applyFile(owner: OwnerSession, stream: Stream, file: string, body: string, sha256: string): Promise<void> {
  const callId = crypto.randomUUID();
  const recordIt = sql`select core.record_call(${JSON.stringify({
    call_id: callId,
    request_id: `migration:${stream.id}/${file}`,
    trace_id: '',
    kind: 'migration',
    cause: 'migrate',
    plugin: stream.id,
    plugin_version: stream.version,
    action: `${stream.id}/${file}`,
    effect: 'write',
    actor: 'service:core',
    tainted: false,
    outcome: 'succeeded',
    digest: sha256,
  })}::jsonb, ${JSON.stringify({ sha256 })})`;

  if (/^-- no-transaction\b/.test(body)) {
    for (const statement of body.split('--> statement-breakpoint')) await owner.script(statement);
    // what it made is captured and granted before it counts as applied
    await applyFile(owner, stream, file, '', sha256);
    return;
  }
  await owner.transaction(async (tx) => {
    await tx.rows(sql`select set_config('troupe.call', ${callId}, true)`);
    // its record comes first, so that constraints may be checked between its statements; core's own file makes the record itself
    if (stream.id !== 'core') {
      await tx.rows(recordIt);
      await tx.rows(sql`create schema if not exists ${sql.identifier(stream.id)}`);
    }
    for (const statement of body.split('--> statement-breakpoint')) {
      await tx.script(statement);
      if (stream.id !== 'core') await watch(tx, stream);
    }
    if (stream.id === 'core') await tx.rows(recordIt);
    else await grant(tx, stream.id);
    await tx.rows(rememberFile(stream, file, sha256));
  });
}

/** Capture is made anew for every table: a column may have come or gone. */
async function watch(tx: Pick<OwnerSession, 'rows'>, stream: Stream): Promise<void> {
  const tables = await tx.rows<{ name: string }>(sql`
    select c.relname as name from pg_class c
    where c.relnamespace = ${stream.id}::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`);
  for (const { name } of tables) {
    const unrecorded = stream.unrecorded[name] ?? [];
    await tx.rows(
      sql`select core.watch(format('%I.%I', ${stream.id}::text, ${name}::text)::regclass, ${`{${unrecorded.join(',')}}`}::text[])`,
    );
  }
}

async function grant(tx: Pick<OwnerSession, 'script'>, schema: string): Promise<void> {
  await tx.script(`grant usage on schema "${schema}" to troupe_app;
    grant select, insert, update, delete on all tables in schema "${schema}" to troupe_app;
    grant usage on all sequences in schema "${schema}" to troupe_app`);
}

async function sqlFiles({ id, folder }: Stream): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []; // a plugin without tables
    throw houseErrors.migration_failed({ plugin: id, reason: 'its folder cannot be read' }, cause);
  });
  return names.filter((name) => name.endsWith('.sql')).sort();
}
