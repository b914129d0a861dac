import { open } from 'node:fs/promises';

/** One piece of sound: as many arrays as channels, all of one length, -1 to 1. */
export interface Sound {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
}

/** Decodes a file in pieces of a few seconds, so that an hour needs no more memory than a minute. */
export async function* decodeAudio(path: string, mime: string): AsyncGenerator<Sound> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(64);
    await file.read(start, 0, start.length, 0);
    const decoder = await openDecoder(mime, start);
    try {
      for await (const bytes of file.createReadStream({ start: 0, highWaterMark: PIECE_BYTES, autoClose: false })) {
        const sound = decoder.decode(bytes);
        if (hasSound(sound)) yield sound;
      }
      const rest = decoder.flush?.();
      if (rest && hasSound(rest)) yield rest;
    } finally {
      decoder.free();
    }
  } finally {
    await file.close();
  }
}

interface Decoder {
  decode(bytes: Uint8Array): Sound;
  flush?(): Sound;
  free(): void;
}

const PIECE_BYTES = 1 << 18;

/** Each decoder is loaded only when a file asks for it. Ogg holds Opus when its first page says so, else FLAC or Vorbis. */
async function openDecoder(mime: string, start: Buffer): Promise<Decoder> {
  switch (mime) {
    case 'audio/mpeg':
      return (await import('@audio/decode-mp3')).decoder();
    case 'audio/flac':
      return (await import('@audio/decode-flac')).decoder();
    case 'audio/wav':
      return (await import('@audio/decode-wav')).decoder();
    case 'audio/aiff':
      return (await import('@audio/decode-aiff')).decoder();
    case 'audio/ogg':
      if (start.includes('OpusHead')) return (await import('@audio/decode-opus')).decoder();
      if (start.includes('FLAC')) return (await import('@audio/decode-flac')).decoder();
      return (await import('@audio/decode-vorbis')).decoder();
    default:
      throw new Error(`There is no decoder for ${mime}.`);
  }
}

function hasSound(sound: Sound): boolean {
  return (sound.channelData[0]?.length ?? 0) > 0;
}
