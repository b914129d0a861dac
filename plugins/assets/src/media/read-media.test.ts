import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBadFiles, makeTestFiles } from '../../../../test/made-files.ts';
import { acousticDistance, perceptualDistance } from './distance.ts';
import { type Media, readMedia } from './read-media.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder of pictures, songs and documents is read whole, and copies are found in it', { timeout: 300_000 }, async () => {
  const files = await makeTestFiles(folder);
  const media = new Map<string, Media>();
  for (const { fileName, path, type } of files) {
    const read = await readMedia(path, fileName);
    expect(read.type).toBe(type);
    media.set(fileName, read);
  }

  expect(files.length).toBeGreaterThanOrEqual(40);
  for (const { fileName, duplicateOf, nearDuplicateOf, sameRecordingAs } of files) {
    const [one, two] = [media.get(fileName), media.get(duplicateOf ?? nearDuplicateOf ?? sameRecordingAs ?? '')];
    if (duplicateOf) expect(one?.sha256).toBe(two?.sha256);
    if (one?.type === 'image' && two?.type === 'image') {
      expect(perceptualDistance(one.image.perceptual.hash, two.image.perceptual.hash)).toBeLessThanOrEqual(10);
    }
    if (one?.type === 'audio' && two?.type === 'audio') {
      expect(acousticDistance(one.audio.fingerprint, two.audio.fingerprint)).toBeLessThan(0.15);
    }
  }
  expect(media.get('press-kit.pdf')).toMatchObject({
    document: { pages: 2, title: 'Press kit', author: 'Ada Lind', text: expect.stringContaining('swimming hall') },
  });
});

test('each bad file ends in its own error, and no message tells where the server keeps it', { timeout: 300_000 }, async () => {
  for (const { fileName, path, code } of await makeBadFiles(folder)) {
    const failure = await readMedia(path, fileName).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toContain(folder);
  }
});

test('a file of another kind is kept with its hash alone', async () => {
  const path = join(folder, 'notes.txt');
  await writeFile(path, 'abc');

  expect(await readMedia(path, 'notes.txt')).toEqual({
    type: 'other',
    mime: 'text/plain',
    extension: 'txt',
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
});
