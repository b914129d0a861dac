import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction } from '../define/action.ts';
import { startTestKernel } from '../testing/index.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';
import { file } from '../wire.ts';

const attach = defineAction({
  name: 'notes.attach',
  title: 'Attach files',
  description: 'Takes files.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'notes.note.write',
  input: z.strictObject({ files: z.array(file()).optional() }),
  output: z.strictObject({}),
  handler: async () => ({}),
});
const t = await startTestKernel([{ ...notesPlugin, actions: [...notesPlugin.actions, attach] }], { workers: false });
const caller = t.as({ id: 'ed', roles: ['editor'] });
const send = (action: string, name = 'x.png') => t.kernel.receiveFile({ action, caller }, name, Readable.from([Buffer.alloc(10)]), 100);
const kept = async () => {
  const objects = [];
  for await (const object of t.kernel.objects.list('quarantine/')) objects.push(object.key);
  const [row] = await t.database.rows<{ count: string }>(sql`select count(*) from core.uploads`);
  return { objects: objects.length, rows: Number(row?.count) };
};

test('bytes are taken only for an action whose input has a file', async () => {
  const before = await kept();
  await expect(send('notes.add-note')).rejects.toMatchObject({ code: 'core.no_file_taken' });
  expect(await kept()).toEqual(before);
  expect(await send('notes.attach')).toMatch(/^upload:/);
});

test('a name that cannot be stored is refused, and no bytes stay behind without a row that ends them', async () => {
  const before = await kept();
  await expect(send('notes.attach', 'a\0b')).rejects.toMatchObject({ code: 'core.invalid_input' });
  expect(await kept()).toEqual(before);
});
