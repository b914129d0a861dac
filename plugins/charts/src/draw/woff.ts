// Unpacks a font from WOFF 1.0 (W3C Recommendation of 13 December 2012): the libraries that draw text here read none that is packed.
import { inflateSync } from 'node:zlib';

const HEADER = 44;
const ENTRY = 20;
const TABLE_RECORD = 16;

/** The same font as sfnt (TrueType or OpenType). */
export function unpackWoff(packed: Buffer): Buffer {
  const count = packed.readUInt16BE(12);
  const directory = Buffer.alloc(12 + TABLE_RECORD * count);
  packed.copy(directory, 0, 4, 8); // flavour
  const power = 2 ** Math.floor(Math.log2(count));
  directory.writeUInt16BE(count, 4);
  directory.writeUInt16BE(power * TABLE_RECORD, 6);
  directory.writeUInt16BE(Math.log2(power), 8);
  directory.writeUInt16BE((count - power) * TABLE_RECORD, 10);
  const tables: Buffer[] = [];
  let offset = directory.length;
  for (let n = 0; n < count; n += 1) {
    const entry = HEADER + n * ENTRY;
    const [from = 0, size = 0, whole = 0, sum = 0] = [4, 8, 12, 16].map((place) => packed.readUInt32BE(entry + place));
    const bytes = packed.subarray(from, from + size);
    const table = Buffer.alloc(Math.ceil(whole / 4) * 4);
    (size < whole ? inflateSync(bytes) : bytes).copy(table);
    const record = 12 + n * TABLE_RECORD;
    packed.copy(directory, record, entry, entry + 4); // tag
    for (const [place, value] of [sum, offset, whole].entries()) directory.writeUInt32BE(value, record + 4 + place * 4);
    tables.push(table);
    offset += table.length;
  }
  return Buffer.concat([directory, ...tables]);
}
