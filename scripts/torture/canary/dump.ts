// Everything that a stopped house keeps: each column of each table as text, and each file of its folder as bytes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../core/src/db/open.ts';
import type { World } from './house.ts';

/** Every table of every schema, those of the server's own logins included, and what the test server has logged. */
export async function dumpDatabase({ place, outputs, adminUrl }: Pick<World, 'place' | 'outputs' | 'adminUrl'>): Promise<number> {
  const database = await openDatabase(
    adminUrl ? { kind: 'postgres', url: adminUrl, ownerUrl: adminUrl } : { kind: 'pglite', folder: join(place.home, 'database') },
  );
  try {
    return await database.owner(async ({ rows }) => {
      const columns = await rows<{ schema: string; table: string; column: string }>(sql`
        select n.nspname as schema, c.relname as table, a.attname as column
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
        where c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped
          and (n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') or c.relname in ('pg_authid', 'pg_description'))`);
      for (const { schema, table, column } of columns) {
        const [all] = await rows<{ text: string | null }>(
          sql`select string_agg(${sql.identifier(column)}::text, E'\n') as text from ${sql.identifier(schema)}.${sql.identifier(table)}`,
        );
        if (all?.text) outputs.add('column', `${schema}.${partitioned(table)}.${column}`, all.text);
      }
      const [server] = adminUrl ? await rows<{ folder: string }>(sql`select current_setting('data_directory') as folder`) : [];
      const log = server && join(server.folder, '../server.log');
      if (log && existsSync(log)) outputs.add('log of the database server', log, readFileSync(log));
      return columns.length;
    });
  } finally {
    await database.close();
  }
}

/** A partition as the table that it is one of. */
const partitioned = (table: string) => table.replace(/_(\d{4}_?\d{2}|default)$/, '');

/** Every file, those of the embedded database too: what was deleted in it still stands there for a while. */
export function dumpFolder({ place, outputs }: Pick<World, 'place' | 'outputs'>): void {
  for (const entry of readdirSync(place.home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(place.home, path);
    outputs.add(name.startsWith('database/') ? 'database file' : 'file', name, readFileSync(path));
  }
}
