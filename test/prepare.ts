// Before all tests: a copy of the whole installation's database, migrated, so that no server of theirs makes one of its own.

import { streamsOf } from '../core/src/db/streams.ts';
import { createRegistry } from '../core/src/kernel/registry.ts';
import { openTestDatabase } from '../core/src/testing/database.ts';

/** Some tests alone may not need it. */
export default async function prepare(): Promise<void> {
  const isAll = process.argv.at(-1) === 'run';
  if (!isAll) return;
  const { default: installation } = await import('../troupe.config.ts');
  const database = await openTestDatabase(streamsOf(createRegistry(installation.plugins)));
  await database.close();
}
