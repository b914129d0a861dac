/**
 * Up to `count` colours as `#rrggbb`, the most frequent first, told apart well enough to serve as placeholders.
 * `rgb` is three bytes a pixel.
 */
export function dominantColours(rgb: Uint8Array, count = 5): string[] {
  const chosen: Colour[] = [];
  for (const colour of meansByBin(rgb)) {
    if (chosen.every((other) => distance(other, colour) > 48)) chosen.push(colour);
    if (chosen.length === count) break;
  }
  return chosen.map((colour) => `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`);
}

type Colour = readonly [red: number, green: number, blue: number];

/** The mean colour of each of 512 bins (8 levels a channel), fullest bin first. */
function meansByBin(rgb: Uint8Array): Colour[] {
  const bins = new Map<number, { pixels: number; red: number; green: number; blue: number }>();
  for (let i = 0; i + 2 < rgb.length; i += 3) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(i, i + 3);
    const key = ((red >> 5) << 6) | ((green >> 5) << 3) | (blue >> 5);
    const bin = bins.get(key) ?? { pixels: 0, red: 0, green: 0, blue: 0 };
    bins.set(key, { pixels: bin.pixels + 1, red: bin.red + red, green: bin.green + green, blue: bin.blue + blue });
  }
  return [...bins.values()]
    .sort((a, b) => b.pixels - a.pixels)
    .map(({ pixels, red, green, blue }) => [red / pixels, green / pixels, blue / pixels]);
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
