// Fingerprints in the forms in which the database compares them.

/** 16 hex digits of a perceptual hash as 64 binary ones. */
export function perceptualBits(hash: string): string {
  return BigInt(`0x${hash}`).toString(2).padStart(64, '0');
}

/**
 * The different words of an acoustic fingerprint (base64 of little-endian 32-bit words), each by its upper 28 bits. Of two
 * recordings with a bit error under 0.15 some words agree in all of these bits, so an index finds the pair.
 */
export function acousticWords(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  const words = Array.from({ length: bytes.length >> 2 }, (_, place) => bytes.readUInt32LE(place * 4) >>> 4);
  return [...new Set(words)];
}
