import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { harbourAtLowTide, longPier } from '../rehearsal/tidelands.ts';
import { perceptualDistance } from './distance.ts';
import { readImage } from './image.ts';

let folder: string;
const harbour = sharp(Buffer.from(harbourAtLowTide()));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(image: Sharp) {
  const path = join(folder, crypto.randomUUID());
  await image.toFile(path);
  return readImage(path);
}

test('a picture is read with its size, two previews, a vector of length one and its colours', async () => {
  const facts = await read(harbour.clone().png());
  const [small, large] = await Promise.all([sharp(facts.thumbnails.small).metadata(), sharp(facts.thumbnails.large).metadata()]);

  expect(facts).toMatchObject({ width: 1600, height: 1200, details: { hasLocation: false } });
  expect([small.format, small.width, small.height, large.width, large.height]).toEqual(['webp', 320, 240, 1200, 900]);
  expect(facts.vector).toHaveLength(192);
  expect(Math.hypot(...facts.vector)).toBeCloseTo(1, 5);
  expect(facts.colours.length).toBeGreaterThan(2);
  for (const colour of facts.colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
});

test('an edited copy stays within ten bits, its mirror image matches the mirrored hash, another picture is far away', async () => {
  const original = await read(harbour.clone().png());
  const copies = [
    harbour.clone().resize(400).jpeg({ quality: 40 }),
    harbour.clone().greyscale().jpeg(),
    harbour.clone().modulate({ brightness: 1.15, saturation: 0.6 }).webp(),
  ];
  for (const copy of copies) {
    expect(perceptualDistance(original.perceptual.hash, (await read(copy)).perceptual.hash)).toBeLessThanOrEqual(10);
  }
  const flipped = await read(harbour.clone().flop().png());
  const other = await read(sharp(Buffer.from(longPier())).png());
  expect(perceptualDistance(original.perceptual.mirrored, flipped.perceptual.hash)).toBeLessThanOrEqual(2);
  expect(perceptualDistance(original.perceptual.hash, other.perceptual.hash)).toBeGreaterThan(15);
});

test('a crop looks more like its original than like another picture', async () => {
  const [original, other, crop] = await Promise.all([
    read(harbour.clone().png()),
    read(sharp(Buffer.from(longPier())).png()),
    read(harbour.clone().extract({ left: 200, top: 150, width: 1200, height: 900 }).png()),
  ]);
  expect(dot(crop.vector, original.vector)).toBeGreaterThan(dot(crop.vector, other.vector) + 0.1);
});

test('useful details are kept, and of the place only that there was one', async () => {
  const exif = {
    IFD0: { Make: 'Lumen', Model: 'Lumen 7', Artist: 'Ada Lind', Copyright: 'Ada Lind', ImageDescription: 'Boats' },
    IFD2: { DateTimeOriginal: '2024:05:01 10:00:00' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
  };
  const details = {
    camera: 'Lumen 7',
    takenAt: '2024-05-01T10:00:00',
    artist: 'Ada Lind',
    copyright: 'Ada Lind',
    caption: 'Boats',
    hasLocation: true,
  };
  for (const image of [harbour.clone().jpeg(), harbour.clone().webp(), harbour.clone().png()]) {
    const facts = await read(image.withExif(exif));
    expect(facts.details).toEqual(details);
    expect((await sharp(facts.thumbnails.large).metadata()).exif).toBeUndefined();
  }
});

test('previews stand upright when the camera was held sideways', async () => {
  const facts = await read(harbour.clone().jpeg().withMetadata({ orientation: 6 }));
  const small = await sharp(facts.thumbnails.small).metadata();

  expect([facts.width, facts.height]).toEqual([1200, 1600]);
  expect([small.width, small.height]).toEqual([240, 320]);
});

test('grey, transparent, 16-bit and CMYK pictures are read like any other, and small ones are not blown up', async () => {
  const clear = sharp({ create: { width: 40, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  const images = [
    harbour.clone().greyscale().toColourspace('b-w').jpeg(),
    harbour.clone().toColourspace('rgb16').png(),
    harbour.clone().toColourspace('cmyk').jpeg(),
    clear.clone().png(),
  ];
  for (const image of images) expect((await read(image)).vector).toHaveLength(192);

  const facts = await read(clear.png());
  expect(facts.colours).toEqual(['#ffffff']);
  expect((await sharp(facts.thumbnails.large).metadata()).width).toBe(40);
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
