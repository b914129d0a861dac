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

test('ten thousand files, or 64 GiB of them, wait of one actor, and the bytes of one more are not kept', async () => {
  // past the trigger, which would count them one by one
  const fill = (files: number, size: number) =>
    t.database.owner((owner) =>
      owner.transaction(async ({ rows }) => {
        await rows(sql`set local session_replication_role = replica`);
        await rows(sql`delete from core.uploads`);
        await rows(sql`insert into core.uploads (id, actor, action, name, size, expires_at)
          select gen_random_uuid(), 'ed', 'notes.add-note', 'x', ${size}, now() + interval '1 day' from generate_series(1, ${files}::integer)`);
      }),
    );
  const tooMany = { code: 'core.too_many_uploads', kind: 'limited' };
  const last = async () => {
    expect(await send('notes.add-note')).toMatch(/^upload:/);
    const before = await kept();
    await expect(send('notes.add-note')).rejects.toMatchObject(tooMany);
    expect(await kept()).toEqual(before);
  };
  await fill(1, 64 * 1024 ** 3 - 15);
  await last();
  await fill(9_999, 0);
  await last();
  const other = { action: 'notes.add-note', caller: t.as({ id: 'al', roles: ['editor'] }) };
  expect(await t.kernel.receiveFile(other, 'x.png', Readable.from([Buffer.alloc(10)]), 100)).toMatch(/^upload:/);
});
