// How far apart two fingerprints are.

/** Bits in which two perceptual hashes (16 hex digits) differ, 0 to 64. Up to 10 is the same picture, edited. */
export function perceptualDistance(a: string, b: string): number {
  let difference = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let bits = 0;
  for (; difference > 0n; difference &= difference - 1n) bits++;
  return bits;
}

/**
 * Share of bits in which two sound fingerprints (base64, see `readAudio`) differ where they overlap best, 0 to 1.
 * Below 0.15 is the same recording; 0.5 is chance. Recordings may start up to 10 seconds apart and must share half of the
 * shorter one; where they cannot, or one is empty, the answer is 1.
 */
export function acousticDistance(a: string, b: string): number {
  const first = wordsOf(a);
  const second = wordsOf(b);
  const shortest = Math.min(first.length, second.length);
  if (shortest === 0) return 1;
  let best = 1;
  for (let offset = -LARGEST_OFFSET; offset <= LARGEST_OFFSET; offset++) {
    const start = Math.max(0, -offset);
    const end = Math.min(first.length, second.length - offset);
    if ((end - start) * 2 < shortest) continue;
    best = Math.min(best, errorRate({ first, second, offset, start, end }));
  }
  return best;
}

/** Words are 0.124 seconds apart: 80 are about 10 seconds. */
const LARGEST_OFFSET = 80;

function wordsOf(base64: string): Int32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Int32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readInt32LE(i * 4));
}

interface Alignment {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

function errorRate({ first, second, offset, start, end }: Alignment): number {
  let bits = 0;
  for (let i = start; i < end; i++) bits += bitCount((first[i] ?? 0) ^ (second[i + offset] ?? 0));
  return bits / ((end - start) * 32);
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
