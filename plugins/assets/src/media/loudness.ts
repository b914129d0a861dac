// Integrated loudness by ITU-R BS.1770-4: K-weighting, blocks of 400 ms with 75 % overlap, absolute and relative gate.

/** Takes sound in pieces; `finish` says LUFS with one decimal, or undefined for silence and for less than 400 ms. */
export function createLoudnessMeter(sampleRate: number, channels: number) {
  const filters = Array.from({ length: channels }, () => createKWeighting(sampleRate));
  const stepFrames = Math.round(sampleRate / 10);
  const steps: number[] = [];
  let energy = 0;
  let framesInStep = 0;

  return {
    add(sound: readonly Float32Array[]): void {
      const weighted = sound.map((samples, channel) => filters[channel]?.(samples) ?? new Float64Array(0));
      const frames = sound[0]?.length ?? 0;
      for (let start = 0; start < frames; ) {
        const end = Math.min(frames, start + stepFrames - framesInStep);
        weighted.forEach((squares, channel) => {
          energy += channelWeight(channel, channels) * sum(squares, start, end);
        });
        framesInStep += end - start;
        start = end;
        if (framesInStep < stepFrames) break;
        steps.push(energy / stepFrames);
        energy = 0;
        framesInStep = 0;
      }
    },

    finish(): number | undefined {
      return gatedLoudness(blocksOf(steps));
    },
  };
}

const STEPS_A_BLOCK = 4;
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;

function blocksOf(steps: readonly number[]): number[] {
  const blocks: number[] = [];
  for (let end = STEPS_A_BLOCK; end <= steps.length; end++) blocks.push(mean(steps.slice(end - STEPS_A_BLOCK, end)));
  return blocks;
}

function gatedLoudness(blocks: readonly number[]): number | undefined {
  const audible = blocks.filter((block) => lufs(block) > ABSOLUTE_GATE);
  if (audible.length === 0) return undefined;
  const gate = lufs(mean(audible)) + RELATIVE_GATE;
  return Math.round(lufs(mean(audible.filter((block) => lufs(block) > gate))) * 10) / 10;
}

function lufs(energy: number): number {
  return -0.691 + 10 * Math.log10(energy);
}

/** Channels of 5.1 in their usual order: the fourth is the low-frequency effect, which does not count; surrounds count more. */
function channelWeight(channel: number, channels: number): number {
  if (channels < 6 || channel < 3) return 1;
  return channel === 3 ? 0 : 1.41;
}

/** Two biquads, from the analogue prototypes behind the standard's 48 kHz table, so that any sample rate works. Returns squares. */
function createKWeighting(sampleRate: number): (samples: Float32Array) => Float64Array {
  const shelf = highShelf(sampleRate);
  const pass = highPass(sampleRate);
  return (samples) => {
    const squares = new Float64Array(samples.length);
    for (let i = 0; i < samples.length; i++) squares[i] = pass(shelf(samples[i] ?? 0)) ** 2;
    return squares;
  };
}

function highShelf(sampleRate: number): (sample: number) => number {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return biquad({
    b0: (high + (band * k) / q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (band * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  });
}

function highPass(sampleRate: number): (sample: number) => number {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return biquad({ b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 });
}

interface Coefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Transposed direct form II. */
function biquad({ b0, b1, b2, a1, a2 }: Coefficients): (sample: number) => number {
  let z1 = 0;
  let z2 = 0;
  return (sample) => {
    const out = b0 * sample + z1;
    z1 = b1 * sample - a1 * out + z2;
    z2 = b2 * sample - a2 * out;
    return out;
  };
}

function sum(values: Float64Array, start: number, end: number): number {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i] ?? 0;
  return total;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
