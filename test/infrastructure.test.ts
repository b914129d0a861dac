import { asOwner, startTestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { infrastructure } from './infrastructure.ts';

test('every table that is not captured stands in the list with its reason, and nothing else does', async () => {
  const { database, kernel } = await startTestKernel(installation.plugins, { workers: false });
  const rows = await asOwner<{ schema: string; name: string }>(
    database,
    sql`select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema$)'`,
  );
  const named = rows.map(({ schema, name }) => (schema === 'queue' ? 'queue.*' : `${schema}.${name}`));
  const domain = [...kernel.plugins.keys()].map((id) => `${id}.`);
  const found = new Set(named.filter((name) => !domain.some((schema) => name.startsWith(schema))));
  expect([...found].sort()).toEqual(Object.keys(infrastructure).sort());
});
