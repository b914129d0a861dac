// An object that a `prepare` stores is kept once a handler has stored its key in a table; else it is swept, a day later.
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import type { Objects } from '../objects/driver.ts';
import type { RegisteredTable, Registry } from './registry.ts';

const KEPT_HOURS = 24;
const SWEPT_AT_ONCE = 1000;

interface Parts {
  readonly registry: Registry;
  readonly database: Database;
  readonly objects: Objects;
  clock(): Date;
}

export function preparedObjects({ registry, database, objects, clock }: Parts) {
  /** Before the bytes: those that no row names would stay for ever. */
  const remember = (key: string) =>
    database.rows(sql`insert into core.prepared_objects (key, at) values (${key}, ${clock().toISOString()})
      on conflict (key) do update set at = excluded.at`);

  return {
    /** What a `prepare` is given: whatever it stores, or finds and so need not store, is remembered. */
    objects: Object.freeze<Objects>({
      ...objects,
      async put(key, body, options) {
        await remember(key);
        return objects.put(key, body, options);
      },
      async head(key) {
        await remember(key);
        return objects.head(key);
      },
    }),

    /** Deletes what was prepared a day ago and stands in no row; forgets what does. Answers how many objects it deleted. */
    async sweep(): Promise<number> {
      const before = new Date(clock().getTime() - KEPT_HOURS * 3_600_000).toISOString();
      const old = await database.rows<{ key: string }>(
        sql`select key from core.prepared_objects where at < ${before} order by at limit ${SWEPT_AT_ONCE}`,
      );
      let deleted = 0;
      for (const { key } of old) {
        await database.transaction({}, async (tx) => {
          // the row is held until the object is gone: whoever prepares the same one meanwhile waits, finds nothing, and stores it anew
          const [held] = await tx.rows(sql`delete from core.prepared_objects where key = ${key} and at < ${before} returning 1`);
          if (!held || (await isKept(key, tx.rows))) return;
          await objects.delete(key);
          deleted++;
        });
      }
      return deleted;
    },
  };

  async function isKept(key: string, rows: Database['rows']): Promise<boolean> {
    for (const table of registry.tables.values()) {
      for (const column of objectColumns(table)) {
        const found = await rows(sql`select 1 from ${table.rule.table} where ${sql.identifier(column)} = ${key} limit 1`);
        if (found.length > 0) return true;
      }
    }
    return false;
  }
}

const objectColumns = ({ rule, columns }: RegisteredTable): string[] =>
  (rule.objects ?? []).map((name) => columns[name] as string);
