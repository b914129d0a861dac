import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startTestKernel } from '../testing/index.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';

const t = await startTestKernel([notesPlugin], { workers: false });
const caller = t.as({ id: 'ed', roles: ['editor'] });
const send = (action: string, name = 'x.png') =>
  t.kernel.receiveFile({ action, caller }, name, Readable.from([Buffer.alloc(10)]), 100);
const kept = async () => {
  const objects = [];
  for await (const object of t.kernel.objects.list('quarantine/')) objects.push(object.key);
  const [row] = await t.database.rows<{ count: string }>(sql`select count(*) from core.uploads`);
  return { objects: objects.length, rows: Number(row?.count) };
};

test('bytes are taken only for an action whose input has a file', async () => {
  const before = await kept();
  await expect(send('notes.retitle')).rejects.toMatchObject({ code: 'core.no_file_taken' });
  expect(await kept()).toEqual(before);
  expect(await send('notes.add-note')).toMatch(/^upload:/);
});

test('a name that cannot be stored is refused, and no bytes stay behind without a row that ends them', async () => {
  const before = await kept();
  await expect(send('notes.add-note', 'a\0b')).rejects.toMatchObject({ code: 'core.invalid_input' });
  expect(await kept()).toEqual(before);
});
