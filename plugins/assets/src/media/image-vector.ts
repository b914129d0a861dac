// What an image looks like as 192 numbers: colours anywhere, and directions of edges in each of 16 fields.

export const IMAGE_VECTOR_DIMENSIONS = 192;

/** Edge of the colour square, and of the greyscale square, that the vector is made from. */
export const COLOUR_EDGE = 64;
export const GRADIENT_EDGE = 16;

/**
 * A unit vector of 192 dimensions: 64 colour bins (4 levels a channel, square roots of the counts), then 4 x 4 fields of 8
 * gradient directions. Compare by dot product. `rgb` is 64 x 64 x 3 bytes, `grey` 16 x 16.
 */
export function imageVector(rgb: Uint8Array, grey: Uint8Array): Float32Array {
  return unit([...unit(colourHistogram(rgb)), ...unit(gradientHistogram(grey))]);
}

function colourHistogram(rgb: Uint8Array): number[] {
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i + 2 < rgb.length; i += 3) {
    const bin = (at(rgb, i) >> 6) * 16 + (at(rgb, i + 1) >> 6) * 4 + (at(rgb, i + 2) >> 6);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map(Math.sqrt);
}

function gradientHistogram(grey: Uint8Array): number[] {
  const strengths = new Array<number>(128).fill(0);
  const last = GRADIENT_EDGE - 1;
  for (let y = 1; y < last; y++) {
    for (let x = 1; x < last; x++) {
      const pixel = y * GRADIENT_EDGE + x;
      const dx = at(grey, pixel + 1) - at(grey, pixel - 1);
      const dy = at(grey, pixel + GRADIENT_EDGE) - at(grey, pixel - GRADIENT_EDGE);
      const direction = Math.floor(((Math.atan2(dy, dx) + Math.PI) / (2 * Math.PI)) * 8) % 8;
      const bin = ((y >> 2) * 4 + (x >> 2)) * 8 + direction;
      strengths[bin] = (strengths[bin] ?? 0) + Math.hypot(dx, dy);
    }
  }
  return strengths;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** A picture of one flat colour has no gradient: zeros stay zeros. */
function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
}
