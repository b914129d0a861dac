import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testObjects } from '../testing/objects-suite.ts';
import { createFolderObjects } from './fs.ts';

const text = { contentType: 'text/plain' };
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'objects-fs-'));
});

afterAll(async () => {
  await rm(home, { recursive: true });
});

testObjects('a folder', async () => createFolderObjects({ folder: join(home, 'suite') }));

test('only the owner may read the folder and its files', async () => {
  const folder = join(home, randomUUID());
  await createFolderObjects({ folder }).put('a/b', Buffer.from('x'), text);
  const modes = await Promise.all(
    [folder, join(folder, 'a'), join(folder, 'a', 'b@')].map(async (path) => (await stat(path)).mode & 0o777),
  );
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});

test('a write that fails half-way leaves the old object and no file behind', async () => {
  const folder = join(home, randomUUID());
  const objects = createFolderObjects({ folder });
  await objects.put('kept', Buffer.from('old'), text);
  await mkdir(join(folder, 'taken@'));
  await expect(objects.put('taken', Buffer.from('new'), text)).rejects.toMatchObject({ code: 'objects.unavailable' });
  await expect(objects.put('kept', { path: join(home, 'none') }, text)).rejects.toMatchObject({ code: 'objects.unreadable' });
  expect(await objects.head('kept')).toMatchObject({ size: 3 });
  expect(await readdir(join(folder, '@writing'))).toEqual([]);
});

test('what a killed process left half written goes after a day, and is never listed', async () => {
  const folder = join(home, randomUUID());
  await mkdir(join(folder, '@writing'), { recursive: true });
  for (const name of ['old', 'young']) await writeFile(join(folder, '@writing', name), 'half');
  const dayBeforeYesterday = new Date(Date.now() - 48 * 60 * 60 * 1000);
  await utimes(join(folder, '@writing', 'old'), dayBeforeYesterday, dayBeforeYesterday);
  const objects = createFolderObjects({ folder });
  await objects.put('a', Buffer.from('x'), text);
  expect(await readdir(join(folder, '@writing'))).toEqual(['young']);
  expect(await Array.fromAsync(objects.list(''))).toEqual([{ key: 'a', size: 1, ...text }]);
});

test('a file that something else changed is damaged, not served', async () => {
  const folder = join(home, randomUUID());
  await mkdir(folder);
  await writeFile(join(folder, 'a@'), '<html>');
  await expect(createFolderObjects({ folder }).get('a')).rejects.toMatchObject({ code: 'objects.damaged', kind: 'internal' });
});

test('a folder that is a file answers that it is unavailable', async () => {
  const folder = join(home, randomUUID());
  await writeFile(folder, '');
  await expect(createFolderObjects({ folder }).put('a', Buffer.from('x'), text)).rejects.toMatchObject({
    code: 'objects.unavailable',
  });
});

test('an object that is read while it is replaced is read whole', async () => {
  const folder = join(home, randomUUID());
  const objects = createFolderObjects({ folder });
  await objects.put('a', Buffer.alloc(1_000_000, 'x'), text);
  const chunks: Buffer[] = [];
  for await (const chunk of await objects.get('a')) {
    if (chunks.length === 0) await objects.put('a', Buffer.from('new'), text);
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).equals(Buffer.alloc(1_000_000, 'x'))).toBe(true);
});
