import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_FILE_BYTES, sniff } from './sniff.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sniff-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, crypto.randomUUID());
  await writeFile(path, content);
  return path;
}

const picture = () => sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } });

test('a file is known by its bytes, whatever its path is called', async () => {
  const jpeg = await file(await picture().jpeg().toBuffer());

  expect(await sniff(jpeg, 'Portrait.JPEG')).toMatchObject({ type: 'image', mime: 'image/jpeg', extension: 'jpg' });
  expect(await sniff(jpeg, 'no-ending')).toMatchObject({ type: 'image', extension: 'jpg' });
  expect(await sniff(jpeg, 'portrait.v2-final')).toMatchObject({ type: 'image' });
});

test('a name that claims another content is refused', async () => {
  const png = await file(await picture().png().toBuffer());
  const text = await file('not a picture');
  const page = await file('<!doctype html><script>alert(1)</script>');

  for (const [path, name] of [
    [png, 'a.jpg'],
    [png, 'a.exe'],
    [png, 'a.txt'],
    [text, 'a.png'],
    [text, 'a.mp3'],
    [page, 'a.jpg'],
  ] as const) {
    await expect(sniff(path, name)).rejects.toMatchObject({ code: 'assets.not_what_it_says' });
  }
});

test('what could run in a browser is kept as other and never called an image', async () => {
  const svg = await file('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>');
  const page = await file('<html></html>');

  expect(await sniff(svg, 'logo.svg')).toMatchObject({ type: 'other', mime: 'image/svg+xml' });
  expect(await sniff(page, 'page.html')).toMatchObject({ type: 'other', mime: 'text/html' });
  await expect(sniff(svg, 'logo.png')).rejects.toMatchObject({ code: 'assets.not_what_it_says' });
});

test('an empty file, a file over the limit and a format without a reader are refused by name', async () => {
  const empty = await file('');
  const huge = await file('x');
  await truncate(huge, MAX_FILE_BYTES + 1);
  const bitmap = await file(Buffer.from('424d46000000000000003600000028000000020000000200000001001800', 'hex'));

  await expect(sniff(empty, 'a.png')).rejects.toMatchObject({ code: 'assets.empty_file' });
  await expect(sniff(huge, 'a.wav')).rejects.toMatchObject({ code: 'assets.too_large' });
  await expect(sniff(bitmap, 'a.bmp')).rejects.toMatchObject({ code: 'assets.unsupported' });
});
