import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFlac } from '../rehearsal/flac.ts';
import { copperSun, nightDrive, playScore } from '../rehearsal/songs.ts';
import { encodeWav, type Recording } from '../rehearsal/wav.ts';
import { readAudio } from './audio.ts';
import { acousticDistance } from './distance.ts';

const song = playScore({ ...nightDrive, bars: 5 });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audio-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(bytes: Buffer): Promise<string> {
  const path = join(folder, crypto.randomUUID());
  await writeFile(path, bytes);
  return path;
}

const readWav = async (recording: Recording) => readAudio(await file(encodeWav(recording)), 'audio/wav');

test('a song is read with its length, tags, 400 peaks and a fingerprint', async () => {
  const tags = { title: 'Night Drive', artist: 'ZIG ZAG', album: 'Signals', trackNumber: 3, genre: 'Synthwave', year: 2026 };
  for (const [bytes, mime] of [
    [encodeWav(song, tags), 'audio/wav'],
    [encodeFlac(song, tags), 'audio/flac'],
  ] as const) {
    const facts = await readAudio(await file(bytes), mime);

    expect(facts).toMatchObject({ sampleRate: 44_100, channels: 2, durationSeconds: 13.538 });
    expect(facts.tags).toEqual({
      title: 'Night Drive',
      artist: 'ZIG ZAG',
      album: 'Signals',
      trackNumber: 3,
      year: 2026,
      genres: ['Synthwave'],
    });
    expect(facts.peaks).toHaveLength(400);
    expect(Math.max(...facts.peaks)).toBeGreaterThan(0.5);
    expect(Buffer.from(facts.fingerprint, 'base64').length).toBeGreaterThan(200);
  }
});

test('a sine of full scale at 997 Hz measures -3.0 LUFS on one channel', async () => {
  const sine = Float32Array.from({ length: 48_000 * 3 }, (_, i) => Math.sin((2 * Math.PI * 997 * i) / 48_000));
  const mono = await readWav({ sampleRate: 48_000, channels: [sine] });
  const stereo = await readWav({ sampleRate: 48_000, channels: [sine, sine] });

  expect(mono.loudness).toBeCloseTo(-3, 1);
  expect(stereo.loudness).toBeCloseTo(0, 1);
  expect(mono.peaks.every((peak) => peak > 0.99)).toBe(true);
});

test('the same recording is recognised quieter and two seconds late; another song is not', { timeout: 300_000 }, async () => {
  const late = song.channels.map((samples) =>
    Float32Array.from([...new Float32Array(88_200), ...samples], (value) => value * 0.6),
  );
  const [first, second, other] = await Promise.all([
    readWav(song),
    readWav({ sampleRate: 44_100, channels: late }),
    readWav(playScore({ ...copperSun, bars: 6 })),
  ]);

  expect(acousticDistance(first.fingerprint, second.fingerprint)).toBeLessThan(0.15);
  expect(acousticDistance(first.fingerprint, other.fingerprint)).toBeGreaterThan(0.25);
  expect(acousticDistance(first.fingerprint, '')).toBe(1);
});

test('silence and a click are sounds too, without loudness and fingerprint', async () => {
  const facts = await readWav({ sampleRate: 8_000, channels: [new Float32Array(800)] });

  expect(facts).toMatchObject({ durationSeconds: 0.1, fingerprint: '' });
  expect(facts.loudness).toBeUndefined();
  expect(facts.peaks).toEqual(new Array(400).fill(0));
});

test('a file without sound is refused, and a reader that is called off stops', async () => {
  const headersOnly = await file(encodeFlac(song).subarray(0, 60));
  const calledOff = AbortSignal.abort(new Error('enough'));

  await expect(readAudio(headersOnly, 'audio/flac')).rejects.toMatchObject({ code: 'assets.unreadable_audio' });
  await expect(readAudio(headersOnly, 'audio/flac', calledOff)).rejects.toThrow('enough');
});
