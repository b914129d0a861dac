// Looks for thousands of texts at once, in whatever bytes; upper and lower case are one.

export interface Needle {
  readonly text: string;
}

/** Each needle has three bytes or more. The answer: where each that was found was found first. */
export function createSearch<T extends Needle>(needles: readonly T[]): (bytes: Uint8Array) => Map<T, number> {
  const begins = new Uint8Array(1 << 24); // whether any needle begins with these three bytes: few places have to be looked at
  const byBeginning = new Map<number, { needle: T; bytes: Uint8Array }[]>();
  for (const needle of needles) {
    const bytes = folded(Buffer.from(needle.text, 'latin1'));
    const beginning = bytes.subarray(0, 3).reduce((before, byte) => (before << 8) | byte, 0);
    begins[beginning] = 1;
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), { needle, bytes }]);
  }

  return (given) => {
    const found = new Map<T, number>();
    const bytes = folded(given);
    let beginning = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      beginning = ((beginning << 8) | (bytes[end] as number)) & 0xffffff;
      if (begins[beginning] === 0 || end < 2) continue;
      for (const one of byBeginning.get(beginning) ?? [])
        if (!found.has(one.needle) && stands(one.bytes, bytes, end - 2)) found.set(one.needle, end - 2);
    }
    return found;
  };
}

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

function folded(given: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(given.length);
  for (let at = 0; at < given.length; at += 1) bytes[at] = LOWER[given[at] as number] as number;
  return bytes;
}

function stands(needle: Uint8Array, bytes: Uint8Array, at: number): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let offset = 3; offset < needle.length; offset += 1) if (needle[offset] !== bytes[at + offset]) return false;
  return true;
}
