import type { AudioFacts } from './audio.ts';
import { readAudioTags } from './audio-tags.ts';
import { createFingerprinter } from './chromaprint.ts';
import { decodeAudio } from './decode-audio.ts';
import { createLoudnessMeter } from './loudness.ts';
import { createPeakMeter } from './peaks.ts';

/** Decodes a file piece by piece and measures it on the way. Throws what the decoder throws. */
export async function analyseAudio({ path, mime }: { path: string; mime: string }): Promise<AudioFacts> {
  const { tags, cover, channels: declaredChannels } = await readAudioTags(path);
  const peaks = createPeakMeter();
  let meters: Meters | undefined;
  let frames = 0;

  for await (const { channelData, sampleRate } of decodeAudio(path, mime)) {
    // the MP3 decoder plays mono on two channels
    const sound = channelData.slice(0, declaredChannels ?? channelData.length);
    meters ??= await startMeters(sampleRate, sound.length);
    if (meters.sampleRate !== sampleRate || meters.channels !== sound.length)
      throw new Error('The format changes in the middle.');
    peaks.add(sound);
    meters.loudness.add(sound);
    meters.fingerprint.add(sound);
    frames += sound[0]?.length ?? 0;
  }
  if (!meters) throw new Error('There is no sound in this file.');

  const loudness = meters.loudness.finish();
  return {
    durationSeconds: Math.round((frames / meters.sampleRate) * 1000) / 1000,
    sampleRate: meters.sampleRate,
    channels: meters.channels,
    tags,
    ...(cover && { cover }),
    peaks: peaks.finish(),
    fingerprint: meters.fingerprint.finish(),
    ...(loudness !== undefined && { loudness }),
  };
}

interface Meters {
  readonly sampleRate: number;
  readonly channels: number;
  readonly loudness: ReturnType<typeof createLoudnessMeter>;
  readonly fingerprint: Awaited<ReturnType<typeof createFingerprinter>>;
}

async function startMeters(sampleRate: number, channels: number): Promise<Meters> {
  return {
    sampleRate,
    channels,
    loudness: createLoudnessMeter(sampleRate, channels),
    fingerprint: await createFingerprinter(sampleRate, channels),
  };
}
