// Files that somebody hands over to hurt: what each is called, its bytes, and what of it may come through.
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { pngOfZeros } from '../../../test/made-files.ts';
import { makePdf } from '../../../test/made-pdf.ts';

export interface HostileFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Stands in whatever could run: no picture that is made of a file may hold it. */
export const MARK = 'MARK-alert(document.cookie)';
const SCRIPT = `<script>${MARK}</script>`;
const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const;
const MARKUP: Readonly<Record<string, string>> = {
  svg: `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="${MARK}">${SCRIPT}</svg>`,
  html: `<!doctype html>${SCRIPT}`,
  laughs: `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]><svg>&c;</svg>`,
  entity:
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
  shell: `#!/bin/sh\n${MARK}\n`,
};
const STARTS: Readonly<Record<string, Buffer>> = {
  zip: Buffer.from('504b0304140000000800000000000000000000000000000000000500000078', 'hex'),
  gz: gzipSync(Buffer.alloc(100_000_000)),
  '7z': Buffer.from('377abcaf271c0004', 'hex'),
  rar: Buffer.from('526172211a070100', 'hex'),
  exe: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]),
  elf: Buffer.from('7f454c460201010000000000000000000300', 'hex'),
  wasm: Buffer.from('0061736d01000000', 'hex'),
};

export async function hostileFiles(): Promise<HostileFile[]> {
  const files: HostileFile[] = [];
  const add = (name: string, bytes: Buffer | string) => files.push({ name, bytes: Buffer.from(bytes) });
  for (const [format, bytes] of Object.entries(await goodPictures())) {
    add(`half.${format}`, bytes.subarray(0, bytes.length / 2));
    add(`head.${format}`, bytes.subarray(0, 24));
    add(`sound.mp3`, bytes);
    add(`with-script-behind.${format}`, Buffer.concat([bytes, Buffer.from(SCRIPT)]));
    add(`with-archive-behind.${format}`, Buffer.concat([bytes, STARTS.zip ?? bytes]));
    add(`script-before.${format}`, Buffer.concat([Buffer.from(SCRIPT), bytes]));
    add(`holes.${format}`, Buffer.concat([bytes.subarray(0, 60), Buffer.alloc(60), bytes.subarray(120)]));
    add(`../../../etc/cron.d/x.${format}`, bytes.subarray(0, 40));
  }
  for (const [width, height] of [
    [20_000, 20_000],
    [6_400, 6_400],
    [40_001, 1_000],
    [65_000, 1_000],
  ] as const)
    add(`${width}x${height}.png`, pngOfZeros(width, height));
  for (const text of Object.values(MARKUP)) for (const ending of ['svg', 'png', 'html', 'pdf']) add(`markup.${ending}`, text);
  for (const [kind, bytes] of Object.entries(STARTS)) for (const ending of [kind, 'png', 'mp3']) add(`packed.${ending}`, bytes);
  add('tag-of-256-mb.mp3', Buffer.concat([Buffer.from('ID3\x03\0\0'), Buffer.of(0x7f, 0x7f, 0x7f, 0x7f), Buffer.alloc(5_000)]));
  add('long-tag.mp3', id3OfSize(20_000_000));
  add('four-gigabytes.wav', wav({ size: 0xffff_ffff, channels: 2 }));
  add('no-channels.wav', wav({ size: 100, channels: 0 }));
  add('many-channels.wav', wav({ size: 100, channels: 65_535 }));
  add('picture-of-16-mb.flac', Buffer.concat([Buffer.from('fLaC'), Buffer.of(0x86, 0xff, 0xff, 0xff), Buffer.alloc(50)]));
  add('nothing.ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(60, 0xff)]));
  add('nothing.aiff', Buffer.from('FORM\xff\xff\xff\xffAIFFCOMM', 'latin1'));
  add('nothing.pdf', '%PDF-1.7\nnothing follows');
  add('script.pdf', makePdf({ title: MARK, author: '', pages: [[`/OpenAction << /S /JavaScript /JS (${MARK}) >>`]] }));
  add(
    'ring.pdf',
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9999999>>endobj\ntrailer<</Root 1 0 R>>',
  );
  add('empty.png', '');
  return files;
}

/** A small picture in each format. */
export async function goodPictures(): Promise<Record<string, Buffer>> {
  const drawn = sharp({
    create: { width: 96, height: 64, channels: 3, background: '#246', noise: { type: 'gaussian', mean: 90, sigma: 40 } },
  });
  const made = FORMATS.map(async (format) => [format, await drawn.clone().toFormat(format).toBuffer()] as const);
  return Object.fromEntries(await Promise.all(made));
}

function id3OfSize(bytes: number): Buffer {
  const frame = Buffer.alloc(10, 'TIT2');
  frame.writeUInt32BE(bytes, 4);
  frame.writeUInt16BE(0, 8);
  const size = [21, 14, 7, 0].map((shift) => ((bytes + 10) >> shift) & 0x7f);
  return Buffer.concat([Buffer.from('ID3'), Buffer.of(3, 0, 0, ...size), frame, Buffer.alloc(bytes, 'a')]);
}

function wav({ size, channels }: { size: number; channels: number }): Buffer {
  const head = Buffer.alloc(44 + 100);
  head.write('RIFF', 0);
  head.writeUInt32LE(size, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(size, 40);
  return head;
}
