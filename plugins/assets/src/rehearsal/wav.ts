// A sound in memory, and as a WAV file.

export interface Recording {
  readonly sampleRate: number;
  /** One array a channel, all of one length, -1 to 1. */
  readonly channels: readonly Float32Array[];
}

export interface SoundTags {
  readonly title: string;
  readonly artist: string;
  readonly album?: string;
  readonly trackNumber?: number;
  readonly genre?: string;
  readonly year?: number;
}

/** 16-bit samples, channels interleaved. */
export function toPcm16({ channels }: Recording): Int16Array {
  const pcm = new Int16Array((channels[0]?.length ?? 0) * channels.length);
  channels.forEach((samples, channel) => {
    for (let frame = 0; frame < samples.length; frame++) {
      pcm[frame * channels.length + channel] = Math.round(Math.max(-1, Math.min(1, samples[frame] ?? 0)) * 32767);
    }
  });
  return pcm;
}

/** A 16-bit PCM WAV file, its tags in a RIFF INFO list. */
export function encodeWav(recording: Recording, tags?: SoundTags): Buffer {
  const pcm = toPcm16(recording);
  const data = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', formatOf(recording)),
    ...(tags ? [chunk('LIST', infoOf(tags))] : []),
    chunk('data', data),
  ]);
  return chunk('RIFF', body);
}

function formatOf({ sampleRate, channels }: Recording): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * channels.length * 2, 8);
  format.writeUInt16LE(channels.length * 2, 12);
  format.writeUInt16LE(16, 14);
  return format;
}

function infoOf({ title, artist, album, trackNumber, genre, year }: SoundTags): Buffer {
  const fields = { INAM: title, IART: artist, IPRD: album, ITRK: trackNumber, IGNR: genre, ICRD: year };
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Buffer.concat([Buffer.from('INFO'), ...entries.map(([id, value]) => chunk(id, Buffer.from(`${value}\0`)))]);
}

/** Chunks begin at even offsets. */
function chunk(id: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8, id, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
