import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startTestKernel } from '../testing/index.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';
import { storageFault } from './storable.ts';

test.each([
  ['the character U+0000', 'a\0b'],
  ['half of a surrogate pair', 'a\ud800'],
])('text with %s is refused before anything is recorded of it', async (_what, title) => {
  const t = await startTestKernel([notesPlugin], { workers: false });
  const editor = t.as({ id: 'ed', roles: ['editor'] });
  await expect(t.call(editor, 'notes.add-note', { title })).rejects.toMatchObject({
    code: 'core.invalid_input',
    details: { issues: [{ path: 'title' }] },
  });
  const [row] = await t.database.rows<{ count: string }>(
    sql`select count(*) from core.audit_entries where action = 'notes.add-note'`,
  );
  expect(Number(row?.count)).toBe(0);
});

test('text is looked at however deep it stands, names of members too', () => {
  expect(storageFault({ list: [{ word: 'fine 😀' }, { word: '\0' }] })).toMatchObject({ path: 'list.1.word' });
  expect(storageFault({ facts: { 'a\0': 1 } })).toMatchObject({ path: 'facts' });
  expect(storageFault({ list: [null, 1, true, 'a'] })).toBeUndefined();
});
