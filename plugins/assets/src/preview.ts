// What everybody may hear of a song before it is theirs.
import { decodeAudio } from './media/decode-audio.ts';
import { runInWorker } from './media/worker.ts';
import { encodeFlac } from './rehearsal/flac.ts';

export const PREVIEW_SECONDS = 30;
const FADE_SECONDS = 1;
const WORKER = new URL('./preview-worker.ts', import.meta.url);

/** The first 30 seconds of a sound file that `readMedia` has read, as FLAC on one channel, made in a worker thread. */
export async function makePreview(source: { path: string; mime: string }, signal: AbortSignal): Promise<Uint8Array> {
  return runInWorker<Uint8Array>(WORKER, source, signal);
}

/** The worker's part. Throws what the decoder throws. */
export async function renderPreview({ path, mime }: { path: string; mime: string }): Promise<Uint8Array> {
  let mono: Float32Array | undefined;
  let rate = 0;
  let filled = 0;
  for await (const { channelData, sampleRate } of decodeAudio(path, mime)) {
    rate = sampleRate;
    mono ??= new Float32Array(PREVIEW_SECONDS * sampleRate);
    filled += mixInto(mono, filled, channelData);
    if (filled === mono.length) break;
  }
  const samples = mono?.subarray(0, filled) ?? new Float32Array();
  fadeOut(samples, FADE_SECONDS * rate);
  return encodeFlac({ sampleRate: rate, channels: [samples] });
}

/** Writes the mean of all channels behind what is there already. Answers how many samples found room. */
function mixInto(target: Float32Array, from: number, channels: readonly Float32Array[]): number {
  const many = Math.min(channels[0]?.length ?? 0, target.length - from);
  for (let at = 0; at < many; at++) {
    let sum = 0;
    for (const samples of channels) sum += samples[at] ?? 0;
    target[from + at] = sum / channels.length;
  }
  return many;
}

function fadeOut(samples: Float32Array, length: number): void {
  const start = Math.max(0, samples.length - length);
  for (let at = start; at < samples.length; at++)
    samples[at] = (samples[at] ?? 0) * ((samples.length - at) / (samples.length - start));
}
