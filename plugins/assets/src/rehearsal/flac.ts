// A small FLAC encoder (RFC 9639): 16 bits, fixed predictors, one Rice parameter a partition. About half the size of WAV.

import { createHash } from 'node:crypto';
import { createBitWriter } from './bit-writer.ts';
import { type Recording, type SoundTags, toPcm16 } from './wav.ts';

/** A FLAC file with STREAMINFO (its MD5 of the samples included) and Vorbis comments. */
export function encodeFlac(recording: Recording, tags?: SoundTags): Buffer {
  const pcm = toPcm16(recording);
  const { sampleRate } = recording;
  const channels = recording.channels.length;
  const frames = pcm.length / channels;
  const parts = [
    Buffer.from('fLaC'),
    metadataBlock(0, streamInfo({ pcm, frames, channels, sampleRate }), tags === undefined),
    ...(tags ? [metadataBlock(4, vorbisComments(tags), true)] : []),
  ];
  for (let start = 0, number = 0; start < frames; start += BLOCK_FRAMES, number++) {
    parts.push(encodeFrame({ pcm, channels, sampleRate, start, end: Math.min(frames, start + BLOCK_FRAMES), number }));
  }
  return Buffer.concat(parts);
}

const BLOCK_FRAMES = 4096;
const HIGHEST_ORDER = 4;
const CRC_8 = crcTable(8, 0x07);
const CRC_16 = crcTable(16, 0x8005);

function metadataBlock(type: number, content: Buffer, last: boolean): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE((last ? 0x80000000 : 0) + type * 0x1000000 + content.length);
  return Buffer.concat([head, content]);
}

function streamInfo(info: { pcm: Int16Array; frames: number; channels: number; sampleRate: number }): Buffer {
  const bits = createBitWriter();
  bits.write(BLOCK_FRAMES, 16);
  bits.write(BLOCK_FRAMES, 16);
  bits.write(0, 24); // smallest and largest frame: unknown
  bits.write(0, 24);
  bits.write(info.sampleRate, 20);
  bits.write(info.channels - 1, 3);
  bits.write(16 - 1, 5);
  bits.write(Math.floor(info.frames / 2 ** 32), 4);
  bits.write(info.frames % 2 ** 32, 32);
  const bytes = Buffer.from(info.pcm.buffer, info.pcm.byteOffset, info.pcm.byteLength);
  return Buffer.concat([bits.bytes(), createHash('md5').update(bytes).digest()]);
}

function vorbisComments({ title, artist, album, trackNumber, genre, year }: SoundTags): Buffer {
  const fields = { TITLE: title, ARTIST: artist, ALBUM: album, TRACKNUMBER: trackNumber, GENRE: genre, DATE: year };
  const comments = Object.entries(fields).filter(([, value]) => value !== undefined);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  return Buffer.concat([counted('troupe'), count, ...comments.map(([key, value]) => counted(`${key}=${value}`))]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

interface Frame {
  readonly pcm: Int16Array;
  readonly channels: number;
  readonly sampleRate: number;
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

function encodeFrame({ pcm, channels, sampleRate, start, end, number }: Frame): Buffer {
  const bits = createBitWriter();
  bits.write(0xfff8, 16); // sync code, blocks of one size
  bits.write(0b0111, 4); // block size stands at the end of the header
  bits.write(0b1101, 4); // and so does the rate: some decoders see a frame without STREAMINFO
  bits.write(channels - 1, 4);
  bits.write(0b1000, 4); // 16 bits a sample
  for (const byte of utf8(number)) bits.write(byte, 8);
  bits.write(end - start - 1, 16);
  bits.write(sampleRate, 16);
  bits.write(crc(bits.bytes(), CRC_8), 8);
  for (let channel = 0; channel < channels; channel++) {
    const samples = new Int32Array(end - start);
    for (let i = 0; i < samples.length; i++) samples[i] = pcm[(start + i) * channels + channel] ?? 0;
    writeSubframe(bits, samples);
  }
  const frame = bits.bytes();
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16BE(crc(frame, CRC_16));
  return Buffer.concat([frame, checksum]);
}

type BitWriter = ReturnType<typeof createBitWriter>;

/** Takes the predictor whose residuals are smallest: each order is the difference of the one before. */
function writeSubframe(bits: BitWriter, samples: Int32Array): void {
  let best = { order: 0, residuals: samples, size: absoluteSum(samples, 0) };
  let residuals = samples;
  for (let order = 1; order <= Math.min(HIGHEST_ORDER, samples.length - 1); order++) {
    residuals = differences(residuals, order);
    const size = absoluteSum(residuals, order);
    if (size < best.size) best = { order, residuals, size };
  }
  bits.write(0b001000 + best.order, 7); // a zero, then "fixed predictor" and its order
  bits.write(0, 1);
  for (const sample of samples.subarray(0, best.order)) bits.write(sample & 0xffff, 16);
  writeResiduals(bits, best.residuals, best.order);
}

/** The first `order` values stand as they are. */
function differences(values: Int32Array, order: number): Int32Array {
  const result = values.slice();
  for (let i = order; i < values.length; i++) result[i] = (values[i] ?? 0) - (values[i - 1] ?? 0);
  return result;
}

/** Rice coding in 16 partitions of a full block, or in one of a shorter block. */
function writeResiduals(bits: BitWriter, residuals: Int32Array, order: number): void {
  const partitionOrder = residuals.length === BLOCK_FRAMES ? 4 : 0;
  const partitionLength = residuals.length >> partitionOrder;
  bits.write(0, 2);
  bits.write(partitionOrder, 4);
  for (let start = 0; start < residuals.length; start += partitionLength) {
    const partition = residuals.subarray(Math.max(start, order), start + partitionLength);
    const mean = absoluteSum(partition, 0) / Math.max(1, partition.length);
    const parameter = Math.min(14, Math.max(0, Math.ceil(Math.log2(mean + 1))));
    bits.write(parameter, 4);
    for (const value of partition) bits.writeRice(value, parameter);
  }
}

function absoluteSum(values: Int32Array, from: number): number {
  let total = 0;
  for (let i = from; i < values.length; i++) total += Math.abs(values[i] ?? 0);
  return total;
}

/** Frame numbers are written as UTF-8 writes characters; up to 65,535 frames (100 minutes) are three bytes. */
function utf8(number: number): number[] {
  if (number < 0x80) return [number];
  if (number < 0x800) return [0xc0 | (number >> 6), 0x80 | (number & 0x3f)];
  return [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 0x3f), 0x80 | (number & 0x3f)];
}

function crc(bytes: Uint8Array, { width, table }: CrcTable): number {
  const mask = 2 ** width - 1;
  let sum = 0;
  for (const byte of bytes) sum = ((sum << 8) & mask) ^ (table[(sum >> (width - 8)) ^ byte] ?? 0);
  return sum;
}

interface CrcTable {
  readonly width: 8 | 16;
  readonly table: Uint16Array;
}

function crcTable(width: 8 | 16, polynomial: number): CrcTable {
  const top = 1 << (width - 1);
  const table = Uint16Array.from({ length: 256 }, (_, byte) => {
    let sum = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) sum = sum & top ? (sum << 1) ^ polynomial : sum << 1;
    return sum & (2 ** width - 1);
  });
  return { width, table };
}
