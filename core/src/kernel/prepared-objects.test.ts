import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openObjects } from '../objects/open.ts';
import { startTestKernel } from '../testing/index.ts';
import { addNote, notesPlugin } from '../testing/notes/plugin.ts';
import { preparedObjects } from './prepared-objects.ts';
import { createRegistry } from './registry.ts';

const DAY_MS = 24 * 3_600_000;
const { notes, readers } = notesPlugin.tables;
// the title of a note stands in for the key of its picture
const plugin = { ...notesPlugin, tables: { notes: { ...notes, objects: ['title'] }, readers } } as typeof notesPlugin;
const t = await startTestKernel([plugin], { workers: false });
const folder = await mkdtemp(join(tmpdir(), 'troupe-prepared-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const objects = await openObjects({ kind: 'folder', folder });
let now = Date.now();
const prepared = preparedObjects({
  registry: createRegistry([plugin]),
  database: t.database,
  objects,
  clock: () => new Date(now),
});

const store = (key: string) => prepared.objects.put(key, Buffer.from(key), { contentType: 'text/plain' });
const isThere = async (key: string) => (await objects.head(key)) !== undefined;

test('what a handler kept stays, what it did not is gone a day later, and not before', async () => {
  await store('kept');
  await store('stray');
  await t.run(t.as({ id: 'ed', roles: ['editor'] }), addNote, { title: 'kept' });

  now += DAY_MS - 60_000;
  expect(await prepared.sweep()).toBe(0);
  now += 120_000;
  expect(await prepared.sweep()).toBe(1);
  expect([await isThere('kept'), await isThere('stray')]).toEqual([true, false]);
});

test('what somebody has found again is kept for another day', async () => {
  await store('found');
  now += 2 * DAY_MS;
  expect(await prepared.objects.head('found')).toBeDefined();
  expect(await prepared.sweep()).toBe(0);
  expect(await isThere('found')).toBe(true);
});
