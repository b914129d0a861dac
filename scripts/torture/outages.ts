// The ways in which the record cannot be written, each as a way to bring it about and a way back.
import { sql } from 'drizzle-orm';
import type { Database, OwnerSession } from '../../core/src/db/database.ts';

export interface Outage {
  readonly name: string;
  /** Which calls are refused meanwhile: of those that change a row, or of all. A sealer that is down refuses none: sealing comes after the commit. */
  readonly refuses: 'all' | 'changes' | 'none';
  /** The embedded database has one session, which nobody can lock out. */
  readonly needsServer?: boolean;
  /** Brings it about; answers how it is undone. */
  begin(database: Database): Promise<() => Promise<void>>;
}

/** Before a change of the table: piece by piece its locks would be taken against calls that hold a part of them. */
const LOCK_RECORD = 'lock table core.audit_entries in access exclusive mode';

export const outages: readonly Outage[] = [
  {
    name: 'insert revoked',
    refuses: 'all',
    begin: scripts('revoke insert on core.audit_bodies from troupe_app', 'grant insert on core.audit_bodies to troupe_app'),
  },
  { name: 'record locked', refuses: 'all', needsServer: true, begin: (database) => lock(database, 'core.audit_entries') },
  {
    name: 'disk full',
    refuses: 'all',
    begin: scripts(
      `${LOCK_RECORD};
       create function core.torture_full() returns trigger language plpgsql as $$ begin
         raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
       end $$;
       create trigger torture_full before insert on core.audit_entries for each row execute function core.torture_full()`,
      `${LOCK_RECORD}; drop function core.torture_full cascade`,
    ),
  },
  { name: 'partition of the record missing', refuses: 'all', begin: (database) => detach(database, 'audit_entries') },
  { name: 'partition of changes missing', refuses: 'changes', begin: (database) => detach(database, 'changes') },
  { name: 'canonicaliser broken', refuses: 'all', begin: breakCanonicaliser },
  {
    name: 'sealer refused',
    refuses: 'none',
    begin: scripts('revoke insert on core.checkpoints from troupe_app', 'grant insert on core.checkpoints to troupe_app'),
  },
  { name: 'sealer locked out', refuses: 'none', needsServer: true, begin: (database) => lock(database, 'core.checkpoints') },
];

function scripts(begin: string, end: string): Outage['begin'] {
  return async (database) => {
    await database.owner((owner) => owner.script(begin));
    return () => database.owner((owner) => owner.script(end));
  };
}

/** Somebody else holds the table until the end. */
async function lock(database: Database, table: string): Promise<() => Promise<void>> {
  const locked = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const holding = database.owner((owner) =>
    owner.transaction(async (tx) => {
      await tx.script(`lock table ${table} in access exclusive mode`);
      locked.resolve();
      await ending.promise;
    }),
  );
  await Promise.race([locked.promise, holding]);
  return async () => {
    ending.resolve();
    await holding;
  };
}

/** No partition is left that takes a row of today. */
async function detach(database: Database, table: string): Promise<() => Promise<void>> {
  const partitions = await database.owner((owner) => partitionsOf(owner, table));
  const all = (words: (name: string, bound: string) => string) =>
    [
      `lock table core.${table} in access exclusive mode`,
      ...partitions.map(({ name, bound }) => `alter table core.${table} ${words(name, bound)}`),
    ].join(';');
  await database.owner((owner) => owner.script(all((name) => `detach partition core.${name}`)));
  return () => database.owner((owner) => owner.script(all((name, bound) => `attach partition core.${name} ${bound}`)));
}

function partitionsOf(owner: OwnerSession, table: string): Promise<{ name: string; bound: string }[]> {
  return owner.rows(sql`select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${`core.${table}`}::regclass`);
}

/** What the canonical form is made with throws, for it alone. */
async function breakCanonicaliser(): Promise<() => Promise<void>> {
  const { entries } = Object;
  Object.entries = (value: object) => {
    if (new Error('where').stack?.includes('kernel/canonical.ts')) throw new TypeError('The canonicaliser is broken.');
    return entries(value);
  };
  return async () => {
    Object.entries = entries;
  };
}
