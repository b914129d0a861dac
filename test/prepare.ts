// Makes the copy of the whole installation's database, migrated, that servers of a new house begin with: before many tests start some.
import { streamsOf } from '../core/src/db/streams.ts';
import { createRegistry } from '../core/src/kernel/registry.ts';
import { openTestDatabase } from '../core/src/testing/database.ts';
import installation from '../troupe.config.ts';

const database = await openTestDatabase(streamsOf(createRegistry(installation.plugins)));
await database.close();
