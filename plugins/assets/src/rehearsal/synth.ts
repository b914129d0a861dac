// Instruments, made by arithmetic: each adds its note to a stereo mix.

import type { Random } from './random.ts';

export const SAMPLE_RATE = 44_100;

export interface Mix {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

export interface Note {
  readonly atSeconds: number;
  readonly seconds: number;
  /** MIDI number: 69 is the A of 440 Hz. */
  readonly pitch: number;
  /** 0 to 1. */
  readonly level: number;
  /** -1 is left, 1 is right. */
  readonly pan?: number;
}

export type Instrument = (mix: Mix, note: Note) => void;

export function createMix(seconds: number): Mix {
  const frames = Math.round(seconds * SAMPLE_RATE);
  return { left: new Float32Array(frames), right: new Float32Array(frames) };
}

/** Two saws a few cents apart behind a low-pass that opens slowly: for chords. */
export const pad: Instrument = (mix, note) => {
  const detune = [0.996, 1.004] as const;
  let lowLeft = 0;
  let lowRight = 0;
  play(mix, note, { attack: 0.35, release: 0.6 }, (t, frequency) => {
    const brightness = 0.035 + 0.05 * Math.min(1, t / note.seconds);
    lowLeft += brightness * (saw(t * frequency * detune[0]) - lowLeft);
    lowRight += brightness * (saw(t * frequency * detune[1]) - lowRight);
    return [lowLeft, lowRight];
  });
};

/** A sine with a little of its octave: for the bass. */
export const bass: Instrument = (mix, note) =>
  play(mix, note, { attack: 0.008, release: 0.09 }, (t, frequency) => {
    const value = Math.tanh(1.6 * sine(t * frequency) + 0.35 * sine(t * frequency * 2));
    return [value, value];
  });

/** Frequency modulation that dies away: a bell, an electric piano. */
export const bell: Instrument = (mix, note) =>
  play(mix, note, { attack: 0.003, release: 0.5, decay: 2.6 }, (t, frequency) => {
    const bite = 1.1 * Math.exp(-5 * t);
    const value = sine(t * frequency + (bite * sine(t * frequency * 3.01)) / 6.28) * 0.9;
    return [value, value];
  });

/** A hollow lead with vibrato that arrives late. */
export const lead: Instrument = (mix, note) =>
  play(mix, note, { attack: 0.02, release: 0.12 }, (t, frequency) => {
    const phase = t * frequency + 0.9 * Math.min(1, t * 2) * sine(t * 5.2) * 0.02;
    const value = 0.6 * sine(phase) + 0.24 * sine(phase * 3) + 0.1 * sine(phase * 5);
    return [value, value];
  });

/** A string that is plucked: bright at first. */
export const pluck: Instrument = (mix, note) =>
  play(mix, note, { attack: 0.002, release: 0.08, decay: 6 }, (t, frequency) => {
    const bright = Math.exp(-9 * t);
    const value = 0.7 * sine(t * frequency) + bright * (0.35 * sine(t * frequency * 2) + 0.2 * sine(t * frequency * 4));
    return [value, value];
  });

export function kick(mix: Mix, atSeconds: number, level: number): void {
  hit(mix, { atSeconds, seconds: 0.28, level }, (t) => Math.exp(-11 * t) * sine(48 * t + 3.1 * (1 - Math.exp(-32 * t))));
}

export function snare(mix: Mix, atSeconds: number, level: number, random: Random): void {
  hit(mix, { atSeconds, seconds: 0.2, level }, (t) => Math.exp(-19 * t) * (0.7 * (random() * 2 - 1) + 0.5 * sine(185 * t)));
}

/** Noise without its low part. */
export function hat(mix: Mix, atSeconds: number, level: number, random: Random): void {
  let previous = 0;
  hit(mix, { atSeconds, seconds: 0.07, level }, (t) => {
    const noise = random() * 2 - 1;
    const high = noise - previous;
    previous = noise;
    return 0.5 * Math.exp(-60 * t) * high;
  });
}

/** An echo that swaps sides, then a soft ceiling and a fade at the end. Changes the mix. */
export function master(mix: Mix, { echoSeconds, echo }: { echoSeconds: number; echo: number }): void {
  const { left, right } = mix;
  const delay = Math.round(echoSeconds * SAMPLE_RATE);
  const fade = 2 * SAMPLE_RATE;
  for (let i = delay; i < left.length; i++) {
    left[i] = (left[i] ?? 0) + echo * (right[i - delay] ?? 0);
    right[i] = (right[i] ?? 0) + echo * (left[i - delay] ?? 0);
  }
  for (let i = 0; i < left.length; i++) {
    const gain = Math.min(1, (left.length - i) / fade);
    left[i] = gain * softCeiling(left[i] ?? 0);
    right[i] = gain * softCeiling(right[i] ?? 0);
  }
}

interface Envelope {
  readonly attack: number;
  readonly release: number;
  /** How fast a struck sound dies, in nepers a second; none for a held one. */
  readonly decay?: number;
}

function play(
  mix: Mix,
  note: Note,
  envelope: Envelope,
  voice: (t: number, frequency: number) => readonly [number, number],
): void {
  const { atSeconds, seconds, pitch, level, pan = 0 } = note;
  const { attack, release, decay = 0 } = envelope;
  const frequency = 440 * 2 ** ((pitch - 69) / 12);
  const start = Math.round(atSeconds * SAMPLE_RATE);
  const frames = Math.min(Math.round((seconds + release) * SAMPLE_RATE), mix.left.length - start);
  const fall = Math.exp(-decay / SAMPLE_RATE);
  let struck = level;
  for (let i = 0; i < frames; i++) {
    const t = i / SAMPLE_RATE;
    const gain = struck * Math.min(1, t / attack, (seconds + release - t) / release);
    const [left, right] = voice(t, frequency);
    mix.left[start + i] = (mix.left[start + i] ?? 0) + gain * (1 - pan) * left;
    mix.right[start + i] = (mix.right[start + i] ?? 0) + gain * (1 + pan) * right;
    struck *= fall;
  }
}

function hit(mix: Mix, { atSeconds, seconds, level }: Omit<Note, 'pitch'>, voice: (t: number) => number): void {
  const start = Math.round(atSeconds * SAMPLE_RATE);
  const frames = Math.min(Math.round(seconds * SAMPLE_RATE), mix.left.length - start);
  for (let i = 0; i < frames; i++) {
    const value = level * voice(i / SAMPLE_RATE);
    mix.left[start + i] = (mix.left[start + i] ?? 0) + value;
    mix.right[start + i] = (mix.right[start + i] ?? 0) + value;
  }
}

const TABLE_SIZE = 4096;
const SINE = Float32Array.from({ length: TABLE_SIZE }, (_, i) => Math.sin((2 * Math.PI * i) / TABLE_SIZE));

/** Sine of a phase counted in turns, from a table: a song needs some forty million of them. */
function sine(turns: number): number {
  return SINE[Math.floor((turns - Math.floor(turns)) * TABLE_SIZE)] ?? 0;
}

function saw(turns: number): number {
  return 2 * (turns - Math.floor(turns)) - 1;
}

/** tanh's own shape near zero, without its cost. */
function softCeiling(value: number): number {
  const x = Math.max(-3, Math.min(3, value));
  return (x * (27 + x * x)) / (27 + 9 * x * x);
}
