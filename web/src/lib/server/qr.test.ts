import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { qrCode } from './qr.ts';

test('what is drawn says what it was made from', () => {
  const text = 'otpauth://totp/Troupe:ann%40people.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Troupe';

  expect(read(qrCode(text))).toBe(text);
});

/** The path as a camera would see it. */
function read({ size, path }: { size: number; path: string }): string {
  const scale = 8;
  const side = size * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      const start = ((Number(y) * scale + dy) * side + Number(x) * scale) * 4;
      data.fill(0, start, start + scale * 4);
    }
  }
  return decodeQR({ width: side, height: side, data });
}
