// Works for the import bench, made by code: no two alike, of the size that cameras and studios hand in.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createMp3Encoder } from 'wasm-media-encoders';
import { encodeFlac } from '../../plugins/assets/src/rehearsal/flac.ts';
import { between, createRandom } from '../../plugins/assets/src/rehearsal/random.ts';
import {
  copperSun,
  glassElevator,
  nightDrive,
  playScore,
  type Score,
  slowWeather,
} from '../../plugins/assets/src/rehearsal/songs.ts';
import { circle, drawing, fill, rect } from '../../plugins/assets/src/rehearsal/svg.ts';
import type { Recording } from '../../plugins/assets/src/rehearsal/wav.ts';

/** In pixels. */
export const PICTURE = { width: 2400, height: 1600 };

/** JPEG, WebP and PNG by turns, with a grain that makes decoding as dear as that of a photograph. Answers their paths. */
export async function makePictures(folder: string, count: number): Promise<string[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 18 } as const;
  const grain = await sharp({ create: { ...PICTURE, channels: 3, background: '#808080', noise } })
    .png()
    .toBuffer();
  const paths: string[] = [];
  for (let at = 0; at < count; at++) {
    const format = (['jpeg', 'webp', 'png'] as const)[at % 3] ?? 'jpeg';
    const path = join(folder, `${String(at).padStart(4, '0')}-${wordsOf(at)}.${format}`);
    const picture = sharp(Buffer.from(composition(at))).composite([{ input: grain, blend: 'soft-light' }]);
    await picture.toFormat(format, format === 'png' ? { compressionLevel: 2 } : {}).toFile(path);
    paths.push(path);
  }
  return paths;
}

export interface MadeSong {
  readonly path: string;
  readonly mime: string;
  /** Of sound. */
  readonly seconds: number;
}

/** Stereo at 44.1 kHz, MP3 and FLAC by turns, each in a key, a tempo and a tune of its own. */
export async function makeSongs(folder: string, count: number): Promise<MadeSong[]> {
  const songs: MadeSong[] = [];
  for (let at = 0; at < count; at++) {
    const recording = playScore(scoreOf(at));
    const isMp3 = at % 2 === 0;
    const path = join(folder, `${String(at).padStart(4, '0')}-${wordsOf(at)}.${isMp3 ? 'mp3' : 'flac'}`);
    await writeFile(path, isMp3 ? await encodeMp3(recording) : encodeFlac(recording));
    const seconds = (recording.channels[0]?.length ?? 0) / recording.sampleRate;
    songs.push({ path, mime: isMp3 ? 'audio/mpeg' : 'audio/flac', seconds });
  }
  return songs;
}

const FIRST = ['amber', 'broken', 'cold', 'distant', 'early', 'folded', 'gilded', 'hollow', 'inland', 'late'];
const SECOND = ['harbour', 'window', 'orchard', 'staircase', 'meadow', 'engine', 'lantern', 'river', 'market', 'winter'];

function wordsOf(at: number): string {
  return `${FIRST[at % 10]}-${SECOND[Math.floor(at / 10) % 10]}`;
}

function composition(at: number): string {
  const { width, height } = PICTURE;
  const random = createRandom(`picture ${at}`);
  const paint = () => fill(`hsl(${between(random, 0, 360)},${between(random, 30, 90)}%,${between(random, 20, 80)}%)`);
  const shapes = Array.from({ length: 40 }, (_, i) => {
    const reach = between(random, 60, 900 - i * 18);
    const [x, y] = [between(random, 0, width), between(random, 0, height)];
    return random() < 0.5 ? circle([x, y], reach / 2, paint()) : rect(x, y, reach, between(random, 40, 500), paint());
  });
  return drawing(width, height, rect(0, 0, width, height, paint()), shapes);
}

function scoreOf(at: number): Score {
  const model = [nightDrive, copperSun, glassElevator, slowWeather][at % 4] ?? nightDrive;
  const shift = ((at * 5) % 12) - 5;
  const chords = model.chords.map(([root, ...rest]): [number, ...number[]] => [root + shift, ...rest.map((one) => one + shift)]);
  return {
    ...model,
    seed: `song ${at}`,
    chords: [...chords.slice(at % 3), ...chords.slice(0, at % 3)],
    beatsAMinute: 90 + ((at * 7) % 50),
    bars: 24,
  };
}

async function encodeMp3({ channels, sampleRate }: Recording): Promise<Buffer> {
  const [left, right] = channels;
  if (!left || !right) throw new Error('A song has two channels.');
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate, channels: 2, bitrate: 192 });
  // the encoder reuses its memory: what it answers is copied before the next call
  const sound = Buffer.from(encoder.encode([left, right]));
  return Buffer.concat([sound, Buffer.from(encoder.finalize())]);
}
