import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMedia } from '../media/read-media.ts';
import { rehearsalCatalogue } from './catalogue.ts';
import { renderRehearsalItem } from './render.ts';

test('the rehearsal catalogue has pictures, songs and collectibles under names of their own', () => {
  const items = rehearsalCatalogue();
  const count = (type: string) => items.filter((item) => item.type === type).length;

  expect([count('art'), count('music'), count('collectible')]).toEqual([12, 4, 6]);
  expect(new Set(items.map(({ fileName }) => fileName)).size).toBe(22);
  for (const item of items) expect(item.priceMinor > 0n && item.stock > 0 && item.tags.length > 2).toBe(true);
});

test('every work of the rehearsal catalogue is a file that the house can read', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  try {
    for (const item of rehearsalCatalogue()) {
      const { fileName, bytes } = await renderRehearsalItem(item);
      const path = join(folder, fileName);
      await writeFile(path, bytes);
      const media = await readMedia(path, fileName);

      if (media.type === 'audio') expect(media.audio).toMatchObject({ tags: { title: item.title, artist: 'ZIG ZAG' } });
      else expect(media).toMatchObject({ type: 'image', image: { details: { caption: item.title } } });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a work is the same each time it is made', async () => {
  const [first] = rehearsalCatalogue();
  if (!first) throw new Error('The catalogue is empty.');

  expect((await renderRehearsalItem(first)).bytes.equals((await renderRehearsalItem(first)).bytes)).toBe(true);
});
