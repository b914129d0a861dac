// Chromaprint compiled to WebAssembly, driven by its C interface: a fingerprint that survives re-encoding.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import createModule, { type MainModule } from '@unimusic/chromaprint/dist/chromaprint.js';

/** Sound beyond this does not change the fingerprint, as with every other user of Chromaprint. */
const FINGERPRINTED_SECONDS = 120;

/**
 * Takes sound in pieces and answers with the raw fingerprint: base64 of 32-bit words, about 8 a second, little-endian.
 * Sound of under about 3 seconds has an empty one.
 */
export async function createFingerprinter(sampleRate: number, channels: number) {
  const module = await loadModule();
  const context = module._chromaprint_new(DEFAULT_ALGORITHM);
  const buffer = module._malloc(BUFFER_SAMPLES * 2);
  let framesLeft = Math.floor(FINGERPRINTED_SECONDS * sampleRate);
  if (!module._chromaprint_start(context, sampleRate, channels)) throw new Error('Chromaprint refused the format.');

  return {
    add(sound: readonly Float32Array[]): void {
      const frames = Math.min(framesLeft, sound[0]?.length ?? 0);
      framesLeft -= frames;
      const step = Math.floor(BUFFER_SAMPLES / channels);
      for (let start = 0; start < frames; start += step) {
        const end = Math.min(start + step, frames);
        // the heap is looked up each time: it moves when it grows
        interleave({ sound, start, end, target: module.HEAP16, offset: buffer / 2 });
        if (!module._chromaprint_feed(context, buffer, (end - start) * channels))
          throw new Error('Chromaprint refused the sound.');
      }
    },

    finish(): string {
      if (!module._chromaprint_finish(context)) throw new Error('Chromaprint could not finish.');
      const words = rawFingerprint(module, context);
      module._free(buffer);
      module._chromaprint_free(context);
      return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');
    },
  };
}

const DEFAULT_ALGORITHM = 1;
const BUFFER_SAMPLES = 1 << 16;

async function loadModule(): Promise<MainModule> {
  const wasm = fileURLToPath(import.meta.resolve('@unimusic/chromaprint/dist/chromaprint.wasm'));
  const wasmBinary = await readFile(wasm);
  // the module was compiled for browsers and refuses to start without a `window`; it uses nothing of it
  const scope: { window?: unknown } = globalThis;
  scope.window = globalThis;
  try {
    return await createModule({ wasmBinary });
  } finally {
    delete scope.window;
  }
}

interface Interleaving {
  readonly sound: readonly Float32Array[];
  readonly start: number;
  readonly end: number;
  readonly target: Int16Array;
  readonly offset: number;
}

function interleave({ sound, start, end, target, offset }: Interleaving): void {
  sound.forEach((samples, channel) => {
    for (let frame = start, out = offset + channel; frame < end; frame++, out += sound.length) {
      target[out] = Math.max(-1, Math.min(1, samples[frame] ?? 0)) * 32767;
    }
  });
}

function rawFingerprint(module: MainModule, context: number): Int32Array {
  const sizePointer = module._malloc(4);
  const dataPointer = module._malloc(4);
  try {
    if (!module._chromaprint_get_raw_fingerprint_size(context, sizePointer)) throw new Error('Chromaprint has no size.');
    const size: number = module.HEAP32[sizePointer / 4];
    if (size === 0) return new Int32Array(0);
    if (!module._chromaprint_get_raw_fingerprint(context, dataPointer, sizePointer))
      throw new Error('Chromaprint has no answer.');
    const data: number = module.HEAP32[dataPointer / 4];
    const words: Int32Array = module.HEAP32.slice(data / 4, data / 4 + size);
    module._free(data);
    return words;
  } finally {
    module._free(sizePointer);
    module._free(dataPointer);
  }
}
