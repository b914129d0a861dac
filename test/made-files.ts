// Files for tests, made by code from fixed seeds: good ones of every kind that is read, and bad ones.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createMp3Encoder } from 'wasm-media-encoders';
import { encodeFlac } from '../plugins/assets/src/rehearsal/flac.ts';
import { between, createRandom, pick } from '../plugins/assets/src/rehearsal/random.ts';
import { copperSun, nightDrive, playScore, type Score } from '../plugins/assets/src/rehearsal/songs.ts';
import { circle, drawing, fill, type Point, polygon, rect } from '../plugins/assets/src/rehearsal/svg.ts';
import { encodeWav, type Recording, type SoundTags } from '../plugins/assets/src/rehearsal/wav.ts';
import { makePdf } from './made-pdf.ts';

export interface MadeFile {
  readonly fileName: string;
  readonly path: string;
  readonly type: 'image' | 'audio' | 'document';
  /** What the file says about itself: its tags, its caption, its text. */
  readonly says?: string;
  /** The name of the file whose bytes are the same. */
  readonly duplicateOf?: string;
  /** The name of the picture that this one is a smaller copy of. */
  readonly nearDuplicateOf?: string;
  /** The name of the sound file that holds the same recording, encoded otherwise. */
  readonly sameRecordingAs?: string;
}

/** Writes 44 files into an existing folder: 25 images (PNG, JPEG, WebP), 13 sounds (WAV, FLAC, MP3) and 6 PDF documents. */
export async function makeTestFiles(folder: string): Promise<readonly MadeFile[]> {
  const images = await makeImages(folder);
  const sounds = await makeSounds(folder);
  const documents = await makeDocuments(folder);
  return [...images, ...sounds, ...documents];
}

async function makeImages(folder: string): Promise<MadeFile[]> {
  const made: MadeFile[] = [];
  for (const [i, says] of CAPTIONS.entries()) {
    const format = (['png', 'jpg', 'webp'] as const)[i % 3] ?? 'png';
    const fileName = `${says.toLowerCase().replaceAll(/[^a-z]+/g, '_')}.${format}`;
    const image = sharp(Buffer.from(composition(says))).withExif({
      IFD0: { ImageDescription: says, Artist: 'Ada Lind', Model: 'TX-1' },
    });
    const path = join(folder, fileName);
    await image.toFormat(format === 'jpg' ? 'jpeg' : format).toFile(path);
    made.push({ fileName, path, type: 'image', says });
  }
  const [original] = made;
  if (!original) throw new Error('There are no captions.');
  const duplicate = join(folder, 'copy-of-first.png');
  await copyFile(original.path, duplicate);
  const near = join(folder, 'first-small.jpg');
  await sharp(original.path).resize(420).jpeg({ quality: 45 }).toFile(near);
  return [
    ...made,
    { fileName: 'copy-of-first.png', path: duplicate, type: 'image', duplicateOf: original.fileName },
    { fileName: 'first-small.jpg', path: near, type: 'image', nearDuplicateOf: original.fileName },
  ];
}

const CAPTIONS = [
  'Lighthouse before the storm',
  'Kite above the dunes',
  'Bakery window at dawn',
  'Red umbrella in the crowd',
  'Two chairs by the lake',
  'Greenhouse in winter',
  'Carousel without children',
  'Empty swimming pool',
  'Violin on a balcony',
  'Cable car in fog',
  'Library of moss',
  'Goldfish and clock',
  'Wheat under thunder',
  'Tram line eleven',
  'Laundry between houses',
  'Bicycle in the snow',
  'Desert petrol station',
  'Fireworks seen from a train',
  'Cat on warm stones',
  'Staircase of blue tiles',
  'Mushrooms after rain',
  'Drawbridge half open',
  'Snow globe city',
] as const;

/** Some forty shapes in five colours: unlike any other seed's. */
function composition(seed: string): string {
  const random = createRandom(seed);
  const hue = () =>
    `hsl(${Math.round(between(random, 0, 360))},${Math.round(between(random, 35, 90))}%,${Math.round(between(random, 20, 80))}%)`;
  const palette: [string, ...string[]] = [hue(), hue(), hue(), hue(), hue()];
  const width = 900;
  const height = pick(random, [600, 675, 900]);
  const shapes = Array.from({ length: 40 }, (_, i) => {
    const reach = between(random, 30, 330 - i * 6);
    const at: Point = [between(random, 0, width), between(random, 0, height)];
    const paint = fill(pick(random, palette));
    if (random() < 0.4) return circle(at, reach / 2, paint);
    if (random() < 0.5) return rect(at[0], at[1], reach, between(random, 20, 200), paint);
    return polygon(
      [at, [at[0] + reach, at[1] + between(random, -80, 80)], [at[0] + between(random, -80, 80), at[1] + reach]],
      paint,
    );
  });
  return drawing(width, height, rect(0, 0, width, height, fill(pick(random, palette))), shapes);
}

async function makeSounds(folder: string): Promise<MadeFile[]> {
  const made: MadeFile[] = [];
  const write = async (file: Omit<MadeFile, 'path' | 'type'>, bytes: Uint8Array) => {
    const path = join(folder, file.fileName);
    await writeFile(path, bytes);
    made.push({ ...file, path, type: 'audio' });
  };
  for (const [i, title] of TITLES.entries()) {
    const tags: SoundTags = {
      title,
      artist: 'Test Ensemble',
      album: 'Made Files',
      trackNumber: i + 1,
      genre: 'Test',
      year: 2026,
    };
    const recording = playScore(shortScore(i));
    const name = title.toLowerCase().replaceAll(' ', '-');
    const says = `${title} by Test Ensemble`;
    if (i % 3 === 0) await write({ fileName: `${name}.wav`, says }, encodeWav(recording, tags));
    if (i % 3 === 1) await write({ fileName: `${name}.flac`, says }, encodeFlac(recording, tags));
    if (i % 3 === 2) await write({ fileName: `${name}.mp3`, says }, await encodeMp3(recording, tags));
    if (i === 0) await write({ fileName: `${name}-streaming.mp3`, sameRecordingAs: `${name}.wav` }, await encodeMp3(recording));
  }
  return made;
}

const TITLES = [
  'Paper Lanterns',
  'Ninth Floor',
  'Tin Roof Rain',
  'Amber Light',
  'Late Ferry',
  'Cold Coffee',
  'Wire and Wool',
  'Backwards Clock',
  'Small Hours',
  'Kerosene',
  'Open Water',
  'Last Dance',
] as const;

/** About nine seconds, in a key, a tempo and a tune of its own. */
function shortScore(i: number): Score {
  const model = i % 2 === 0 ? nightDrive : copperSun;
  const chords = model.chords.map(([root, ...rest]): [number, ...number[]] => [
    root + ((i * 5) % 12) - 5,
    ...rest.map((pitch) => pitch + ((i * 5) % 12) - 5),
  ]);
  return {
    ...model,
    seed: `made file ${i}`,
    chords: [...chords.slice(i % 4), ...chords.slice(0, i % 4)],
    beatsAMinute: 132 + i * 4,
    bars: 5,
  };
}

async function encodeMp3({ channels, sampleRate }: Recording, tags?: SoundTags): Promise<Buffer> {
  const [left, right = left] = channels;
  if (!left || !right) throw new Error('There is no sound to encode.');
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate, channels: 2, bitrate: 128 });
  // the encoder reuses its memory: each piece is copied before the next call
  const sound = Buffer.from(encoder.encode([left, right]));
  const rest = Buffer.from(encoder.finalize());
  return Buffer.concat([...(tags ? [id3(tags)] : []), sound, rest]);
}

/** An ID3v2.3 tag of text frames in Latin-1. */
function id3({ title, artist, album, trackNumber, genre, year }: SoundTags): Buffer {
  const fields = { TIT2: title, TPE1: artist, TALB: album, TRCK: trackNumber, TCON: genre, TYER: year };
  const frames = Object.entries(fields).flatMap(([id, value]) => {
    if (value === undefined) return [];
    const text = Buffer.from(`\0${value}`, 'latin1');
    const head = Buffer.alloc(10, id, 'latin1');
    head.writeUInt32BE(text.length, 4);
    head.writeUInt16BE(0, 8);
    return [head, text];
  });
  const body = Buffer.concat(frames);
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 0x7f);
  return Buffer.concat([Buffer.from('ID3'), Buffer.of(3, 0, 0, ...size), body]);
}

async function makeDocuments(folder: string): Promise<MadeFile[]> {
  const made: MadeFile[] = [];
  for (const { fileName, title, pages } of DOCUMENTS) {
    const path = join(folder, fileName);
    await writeFile(path, makePdf({ title, author: 'Ada Lind', pages }));
    made.push({ fileName, path, type: 'document', says: pages.flat().join(' ') });
  }
  return made;
}

const DOCUMENTS = [
  {
    fileName: 'sync-licence.pdf',
    title: 'Synchronisation licence',
    pages: [
      [
        'The licensee may use the recording in one television advertisement.',
        'Territory: Europe. Term: two years.',
        'Fee: 4,000 euro, payable on signature.',
      ],
    ],
  },
  {
    fileName: 'press-kit.pdf',
    title: 'Press kit',
    pages: [
      ['Test Ensemble is a band of four from Gothenburg.'],
      ['Their second album was recorded in a disused swimming hall.'],
    ],
  },
  {
    fileName: 'condition-report.pdf',
    title: 'Condition report',
    pages: [['The canvas shows slight craquelure in the upper left corner.', 'The frame was replaced in 1998.']],
  },
  {
    fileName: 'shipping-guide.pdf',
    title: 'How to ship framed works',
    pages: [['Wrap the corners twice.', 'Glass is taped before it travels.', 'Insure every parcel for its full value.']],
  },
  {
    fileName: 'royalty-statement.pdf',
    title: 'Royalty statement',
    pages: [['Quarter three: 12,400 streams, 310 downloads.', 'Amount due to the songwriter: 214.50 euro.']],
  },
  {
    fileName: 'exhibition-plan.pdf',
    title: 'Exhibition plan',
    pages: [['Room one holds the seascapes, room two the portraits.', 'Visitors enter from the garden.']],
  },
] as const;

export interface BadFile {
  readonly fileName: string;
  readonly path: string;
  /** The error that importing it must end in. */
  readonly code: string;
}

/** Writes one file for each way in which an upload can be wrong, none larger than a few hundred kilobytes. */
export async function makeBadFiles(folder: string): Promise<readonly BadFile[]> {
  const jpeg = await sharp(Buffer.from(composition('truncated')))
    .jpeg()
    .toBuffer();
  const flac = encodeFlac(playScore(shortScore(1)));
  const files = [
    { fileName: 'empty.png', code: 'assets.empty_file', bytes: Buffer.alloc(0) },
    { fileName: 'text.png', code: 'assets.not_what_it_says', bytes: Buffer.from('This is no picture.') },
    { fileName: 'page.jpg', code: 'assets.not_what_it_says', bytes: Buffer.from('<!doctype html><script>alert(1)</script>') },
    { fileName: 'jpeg-inside.png', code: 'assets.not_what_it_says', bytes: jpeg },
    { fileName: 'truncated.jpg', code: 'assets.unreadable_image', bytes: jpeg.subarray(0, jpeg.length / 2) },
    { fileName: 'bomb.png', code: 'assets.too_large', bytes: pngOfZeros(20_000, 20_000) },
    { fileName: 'headers-only.flac', code: 'assets.unreadable_audio', bytes: flac.subarray(0, 60) },
    { fileName: 'broken.pdf', code: 'assets.unreadable_document', bytes: Buffer.from('%PDF-1.7\nnothing follows') },
  ];
  return Promise.all(
    files.map(async ({ bytes, ...file }) => {
      const path = join(folder, file.fileName);
      await writeFile(path, bytes);
      return { ...file, path };
    }),
  );
}

/** A valid one-bit PNG of any size whose file stays tiny: what a decompression bomb looks like. */
export function pngOfZeros(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
