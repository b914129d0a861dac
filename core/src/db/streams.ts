// Where the SQL of an installation lies, and whether what it made is what the plugins declare.
import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { houseErrors } from '../errors.ts';
import type { Registry } from '../kernel/registry.ts';
import type { Database } from './database.ts';
import type { Stream } from './migrate.ts';

/** Core's stream and each plugin's: in migrations/ of the plugin's own package, or else in migrations/<id>/ beside core. */
export function streamsOf({ plugins, tables }: Registry): Stream[] {
  const shared = migrationsFolder();
  const core: Stream = { id: 'core', version: '0', folder: new URL('core/', shared), unrecorded: {} };
  return [
    core,
    ...[...plugins.values()].map((plugin): Stream => {
      const own = [new URL('./migrations/', plugin.from), new URL('../migrations/', plugin.from)].find((folder) =>
        existsSync(folder),
      );
      const unrecorded: Record<string, string[]> = {};
      for (const [name, { rule, columns, plugin: owner }] of tables) {
        if (owner.id === plugin.id)
          unrecorded[name.slice(plugin.id.length + 1)] = rule.unrecorded.map((key) => columns[key] as string);
      }
      return { id: plugin.id, version: plugin.version, folder: own ?? new URL(`${plugin.id}/`, shared), unrecorded };
    }),
  ];
}

/** In the repository the folder at its root; in a published core the one inside the package. */
function migrationsFolder(): URL {
  const candidates = [new URL('../../../migrations/', import.meta.url), new URL('../../migrations/', import.meta.url)];
  return candidates.find((folder) => existsSync(new URL('core/', folder))) ?? (candidates[0] as URL);
}

/**
 * Refuses to start over a table that is not captured, or that no plugin declares.
 * Errors: core.unwatched_table, core.undeclared_table, core.missing_table.
 */
export async function assertWatched(database: Database, { plugins, tables }: Registry): Promise<void> {
  const found = await database.rows<{ name: string; triggers: string }>(sql`
    select n.nspname || '.' || c.relname as name,
      (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('troupe_insert', 'troupe_update', 'troupe_delete', 'troupe_truncate') and t.tgenabled = 'O') as triggers
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (${`{${[...plugins.keys()].join(',')}}`}::text[]) and c.relkind in ('r', 'p') and not c.relispartition`);
  for (const { name, triggers } of found) {
    if (Number(triggers) !== 4) throw houseErrors.unwatched_table({ table: name });
    if (!tables.has(name)) throw houseErrors.undeclared_table({ table: name });
  }
  for (const name of tables.keys()) {
    if (!found.some((table) => table.name === name)) throw houseErrors.missing_table({ table: name });
  }
}
