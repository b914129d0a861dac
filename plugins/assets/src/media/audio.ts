import type { AudioTags } from './audio-tags.ts';
import { decoderReason, mediaErrors } from './errors.ts';
import { runInWorker } from './worker.ts';

export interface AudioFacts {
  readonly durationSeconds: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly tags: AudioTags;
  /** The picture inside the file, as it stands there: sniff and read it before it is shown. */
  readonly cover?: { readonly mime: string; readonly bytes: Uint8Array };
  /** 400 peaks from 0 to 1 with three decimals, of all channels together. */
  readonly peaks: readonly number[];
  /** Chromaprint of the first two minutes: base64 of little-endian 32-bit words. Empty for a sound of under about 3 seconds. */
  readonly fingerprint: string;
  /** Integrated loudness in LUFS with one decimal (ITU-R BS.1770-4). Absent for silence and for less than 0.4 seconds. */
  readonly loudness?: number;
}

/**
 * Decodes a sound file from end to end in a worker thread, in constant memory. `mime` is what `sniff` said.
 * Errors: unreadable_audio, and the signal's reason when it fires.
 */
export async function readAudio(path: string, mime: string, signal?: AbortSignal): Promise<AudioFacts> {
  try {
    return await runInWorker<AudioFacts>(WORKER, { path, mime }, withLimit(signal));
  } catch (cause) {
    signal?.throwIfAborted();
    throw mediaErrors.unreadable_audio({ reason: decoderReason(cause, path) }, cause);
  }
}

const WORKER = new URL('./audio-worker.ts', import.meta.url);
const LIMIT_MS = 300_000;

function withLimit(signal: AbortSignal | undefined): AbortSignal {
  const limit = AbortSignal.timeout(LIMIT_MS);
  return signal ? AbortSignal.any([signal, limit]) : limit;
}
