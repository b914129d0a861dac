import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Grant } from '../define/directory.ts';
import { asOwner, startTestKernel } from '../testing/index.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';
import { createAuthorizer } from './authorize.ts';
import { createRegistry } from './registry.ts';

test('rights that were read before a change are not taken for those after it', async () => {
  const { database, as } = await startTestKernel([notesPlugin]);
  const reading = Promise.withResolvers<readonly Grant[]>();
  const slow = Promise.withResolvers<void>();
  let grants: readonly Grant[] | undefined;
  const directory = {
    authenticate: async () => undefined,
    grantsOf: async () => {
      slow.resolve();
      return { name: 'ed', kind: 'user' as const, grants: grants ?? (await reading.promise) };
    },
  };
  const authorizer = createAuthorizer({ ...createRegistry([notesPlugin]), directory });
  const caller = as({ id: 'ed' });

  const early = authorizer.of(caller, database, { fresh: true });
  await slow.promise; // the old grants are being read
  grants = [];
  await asOwner(database, sql`update core.rights set version = version + 1`);
  await authorizer.of(as({ id: 'other' }), database, { fresh: true }); // the change is noticed
  reading.resolve([{ role: 'editor' }]);
  expect((await early).actor.rights.has('notes.note.write')).toBe(true);

  expect((await authorizer.of(caller, database)).actor.rights.has('notes.note.write')).toBe(false);
  expect((await authorizer.of(caller, database, { fresh: true })).actor.rights.has('notes.note.write')).toBe(false);
});
