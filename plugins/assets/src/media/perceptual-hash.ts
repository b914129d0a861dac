// A 64-bit hash of an image's low frequencies: the same for a resized, recompressed or slightly retouched copy.

/** Edge of the greyscale square that is hashed. */
export const HASH_EDGE = 32;

export interface PerceptualHashes {
  /** 16 hex digits. */
  readonly hash: string;
  /** The hash that the same image would have, flipped left to right. */
  readonly mirrored: string;
}

/**
 * Hashes a 32 x 32 greyscale square, row by row: the 8 x 8 lowest frequencies of its two-dimensional DCT-II without the
 * constant ones, each compared to their mean (the method known as pHash).
 */
export function perceptualHashes(grey: Uint8Array): PerceptualHashes {
  const coefficients = lowFrequencies(grey);
  // flipping an image left to right changes the sign of its odd horizontal frequencies, and nothing else
  const flipped = coefficients.map((value, index) => (horizontalFrequency(index) % 2 === 1 ? -value : value));
  return { hash: bitsAboveMean(coefficients), mirrored: bitsAboveMean(flipped) };
}

const LOW = 8;

// COSINES[k][n] of the DCT-II for frequencies 1 to 8
const COSINES = Array.from({ length: LOW }, (_, k) =>
  Float64Array.from({ length: HASH_EDGE }, (_, n) => Math.cos(((2 * n + 1) * (k + 1) * Math.PI) / (2 * HASH_EDGE))),
);

function horizontalFrequency(index: number): number {
  return Math.floor(index / LOW) + 1;
}

/** Index = (horizontal frequency - 1) * 8 + vertical frequency - 1. */
function lowFrequencies(grey: Uint8Array): number[] {
  const rows = COSINES.map((cosine) =>
    Float64Array.from({ length: HASH_EDGE }, (_, y) => {
      let sum = 0;
      for (let x = 0; x < HASH_EDGE; x++) sum += (cosine[x] ?? 0) * (grey[y * HASH_EDGE + x] ?? 0);
      return sum;
    }),
  );
  return rows.flatMap((row) => COSINES.map((cosine) => row.reduce((sum, value, y) => sum + value * (cosine[y] ?? 0), 0)));
}

function bitsAboveMean(coefficients: readonly number[]): string {
  const mean = coefficients.reduce((sum, value) => sum + value, 0) / coefficients.length;
  const bits = coefficients.map((value) => (value > mean ? '1' : '0')).join('');
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0');
}
