// The smallest files of each kind that the suites ask for.

export interface Made {
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const RED_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const SAMPLE_RATE = 8_000;

const made = (fileName: string, contentType: string, bytes: Uint8Array): Made => ({
  key: `conformance/${fileName}`,
  fileName,
  contentType,
  bytes,
});

export const madeFiles = {
  text: made('static.txt', 'text/plain', Buffer.from('This is the content of the static text resource.')),
  picture: made('pixel.png', 'image/png', Buffer.from(RED_PIXEL, 'base64')),
  sound: made('silence.wav', 'audio/wav', silence()),
} as const;

/** A hundredth of a second of nothing, 8 bits, one channel. */
function silence(): Uint8Array {
  const samples = Buffer.alloc(SAMPLE_RATE / 100, 0x80);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
