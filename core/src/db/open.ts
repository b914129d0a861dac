import type { Database, DatabaseSettings } from './database.ts';

/**
 * Opens the database: PGlite in a folder, or a Postgres server. What only one of the two needs is imported with it.
 * Errors: those of `openPglite` and `openPostgres`.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.kind === 'pglite') return (await import('./pglite.ts')).openPglite(settings);
  return (await import('./postgres.ts')).openPostgres(settings);
}
