// A secret in every form in which it could come out.
import { createHash } from 'node:crypto';

export interface Form {
  readonly name: string;
  readonly text: string;
}

/** Shorter pieces would be found by chance. */
const LEAST_CHARACTERS = 12;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The name of the form that the database may hold: nothing leads back from it. */
export const DIGEST = 'SHA-256';

/** `value`: as it is handed over, its mark included. */
export function formsOf(value: string): Form[] {
  const core = value.replace(/^tr[a-z]_/, '').replaceAll(' ', '');
  const half = Math.ceil(core.length / 2);
  const parts = half < LEAST_CHARACTERS ? [] : [core.slice(0, half), core.slice(half)];
  const spelled = [value, core, ...parts].map((text) => ({ name: 'as it is', text }));
  const bytes = Buffer.from(core);
  const stands = bytesIn(core);
  return [
    ...spelled,
    { name: 'reversed', text: [...core].reverse().join('') },
    { name: 'percent-encoded', text: percent(bytes) },
    { name: 'escaped as JSON', text: [...core].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('') },
    { name: 'as a list of bytes', text: [...bytes].join(',') },
    { name: 'in UTF-16', text: bytes.toString('latin1').split('').join('\0') },
    ...encoded(bytes),
    ...(stands ? encoded(stands) : []),
    { name: DIGEST, text: createHash('sha256').update(value).digest('hex') },
  ].filter(({ text }) => text.length >= LEAST_CHARACTERS);
}

/** Hex, base64 and base64url; of the last two wherever in a longer text the bytes begin. */
function encoded(bytes: Buffer): Form[] {
  const found: Form[] = [{ name: 'in hex', text: bytes.toString('hex') }];
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const [first, last] = [Math.ceil((before * 4) / 3), Math.floor((padded.length * 4) / 3)];
    for (const kind of ['base64', 'base64url'] as const)
      found.push({ name: `in ${kind}`, text: padded.toString(kind).slice(first, last) });
  }
  return found;
}

/** The bytes that a text of hex, base32 or base64url stands for, where it looks like one. */
function bytesIn(text: string): Buffer | undefined {
  if (/^[0-9a-f]{32,}$/.test(text) && text.length % 2 === 0) return Buffer.from(text, 'hex');
  if (/^[A-Z2-7]{16,}$/.test(text)) return fromBase32(text);
  if (/^[\w-]{43}$/.test(text)) return Buffer.from(text, 'base64url');
  return undefined;
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((one) => BASE32.indexOf(one).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const percent = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
