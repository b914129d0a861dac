// What was measured of a file, as it is stored and as it stands on the wire.
import { z } from 'zod';
import type { Media } from './media/read-media.ts';

const text = z.string().optional();

export const assetFacts = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('image'),
    width: z.int().describe('Pixels, upright.'),
    height: z.int(),
    colours: z.array(z.string()).describe('#rrggbb, the most frequent first.'),
    camera: text,
    takenAt: text,
    artist: text,
    copyright: text,
    hasLocation: z.boolean().describe('The file says where it was taken; the place itself is not kept.'),
  }),
  z.strictObject({
    kind: z.literal('audio'),
    durationSeconds: z.number(),
    sampleRate: z.number().describe('Hertz.'),
    channels: z.int(),
    loudness: z.number().optional().describe('LUFS, by BS.1770.'),
    artist: text,
    album: text,
    trackNumber: z.int().optional(),
    year: z.int().optional(),
    genres: z.array(z.string()),
    isrc: text,
    peaks: z.array(z.number()).optional().describe('The waveform: 400 peaks from 0 to 1. Lists leave it out.'),
  }),
  z.strictObject({ kind: z.literal('document'), pages: z.int(), author: text }),
  z.strictObject({ kind: z.literal('other') }),
]);

export type AssetFacts = z.infer<typeof assetFacts>;

export function factsOf(media: Media): AssetFacts {
  switch (media.type) {
    case 'image': {
      const { width, height, colours, details } = media.image;
      const { title: _title, caption: _caption, ...kept } = details;
      return { kind: 'image', width, height, colours: [...colours], ...kept };
    }
    case 'audio': {
      const { durationSeconds, sampleRate, channels, loudness, peaks, tags } = media.audio;
      const { title: _title, genres, ...kept } = tags;
      return {
        kind: 'audio',
        durationSeconds,
        sampleRate,
        channels,
        ...(loudness !== undefined && { loudness }),
        ...kept,
        genres: [...genres],
        peaks: [...peaks],
      };
    }
    case 'document': {
      const { pages, author } = media.document;
      return { kind: 'document', pages, ...(author !== undefined && { author }) };
    }
    case 'other':
      return { kind: 'other' };
  }
}
