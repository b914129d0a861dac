import decodeFlac from '@audio/decode-flac';
import { expect, test } from 'vitest';
import { encodeFlac } from './flac.ts';
import { createRandom } from './random.ts';
import { toPcm16 } from './wav.ts';

const sine = (frames: number) => Float32Array.from({ length: frames }, (_, i) => 0.8 * Math.sin(i / 20));

test.each([
  ['silence', [new Float32Array(9_000)]],
  ['less than a block', [sine(1_000)]],
  ['one frame', [sine(2).subarray(1)]],
  ['two channels over many blocks', [sine(50_000), sine(50_000).map((value) => -value / 2)]],
  ['full-scale noise', [Float32Array.from({ length: 10_000 }, randomSample('seed 7'))]],
])('%s comes back from FLAC sample by sample', async (_, channels) => {
  const recording = { sampleRate: 32_000, channels };
  const decoded = await decodeFlac(encodeFlac(recording));

  expect(decoded.sampleRate).toBe(32_000);
  const original = toPcm16(recording);
  const heard = toPcm16({ ...recording, channels: decoded.channelData });
  expect(heard).toHaveLength(original.length);
  expect(original.every((value, i) => value === heard[i])).toBe(true);
});

function randomSample(seed: string): () => number {
  const random = createRandom(seed);
  return () => (random() < 0.5 ? -1 : 1) * random();
}
