// Four songs, written down as scores and played by the instruments of synth.ts.

import { between, createRandom, pick, type Random } from './random.ts';
import { bass, bell, createMix, hat, kick, lead, type Mix, master, pad, pluck, SAMPLE_RATE, snare } from './synth.ts';
import type { Recording } from './wav.ts';

export interface Score {
  readonly seed: string;
  readonly beatsAMinute: number;
  /** MIDI numbers of one chord a bar; the first is its root. The progression repeats until the bars are full. */
  readonly chords: readonly (readonly [number, ...number[]])[];
  readonly bars: number;
  readonly melody: keyof typeof MELODY_INSTRUMENTS;
  /** Chances of a melody note on each of a bar's eight quavers. */
  readonly rhythm: readonly number[];
  /** One character a semiquaver: x is a hit. */
  readonly drums: { readonly kick: string; readonly snare: string; readonly hat: string };
  /** Semiquavers on which the bass plays. */
  readonly bassline: string;
  readonly padLevel: number;
}

const MELODY_INSTRUMENTS = { lead, bell, pluck };

/** Plays a score in stereo at 44.1 kHz. The same score sounds the same every time. */
export function playScore(score: Score): Recording {
  const bar = (4 * 60) / score.beatsAMinute;
  const random = createRandom(score.seed);
  const mix = createMix(score.bars * bar + 2);
  const motif = composeMotif(score, random);

  for (let number = 0; number < score.bars; number++) {
    const chord = score.chords[number % score.chords.length] ?? [57];
    const at = number * bar;
    playChord(mix, score, { chord, at, bar });
    playBass(mix, score, { chord, at, bar });
    // the first two bars belong to the chords, the last to the echo
    if (number >= 2) playDrums(mix, score, { at, bar, random });
    if (number >= 2 && number < score.bars - 1) playMotif(mix, score, { chord, at, bar, motif, second: number % 2 === 1 });
  }
  master(mix, { echoSeconds: bar * (3 / 16), echo: 0.28 });
  return { sampleRate: SAMPLE_RATE, channels: [mix.left, mix.right] };
}

interface Place {
  readonly at: number;
  readonly bar: number;
}

interface MotifNote {
  readonly quaver: number;
  readonly degree: number;
  readonly level: number;
}

/** Two bars that come back over every chord: what makes a tune of it. */
function composeMotif({ rhythm }: Score, random: Random): MotifNote[] {
  let degree = 2;
  return [...rhythm, ...rhythm].flatMap((chance, quaver) => {
    if (random() > chance) return [];
    degree = Math.max(0, Math.min(6, degree + pick(random, [-2, -1, -1, 0, 1, 1, 2])));
    return [{ quaver, degree, level: between(random, 0.16, 0.24) }];
  });
}

/** Degrees walk over the chord's own notes, upwards through the octaves: never a wrong one. */
function playMotif(
  mix: Mix,
  score: Score,
  place: Place & { chord: readonly number[]; motif: MotifNote[]; second: boolean },
): void {
  const { chord, at, bar, motif, second } = place;
  for (const { quaver, degree, level } of motif) {
    if (quaver >= 8 !== second) continue;
    const pitch = (chord[degree % chord.length] ?? 60) + 12 * Math.floor(degree / chord.length) + 12;
    const atSeconds = at + ((quaver % 8) * bar) / 8;
    MELODY_INSTRUMENTS[score.melody](mix, { atSeconds, seconds: bar / 7, pitch, level, pan: (degree - 3) / 8 });
  }
}

function playChord(mix: Mix, { padLevel }: Score, { chord, at, bar }: Place & { chord: readonly number[] }): void {
  chord.forEach((pitch, i) => {
    pad(mix, { atSeconds: at, seconds: bar * 0.92, pitch, level: padLevel, pan: (i - 1.5) / 4 });
  });
}

function playBass(mix: Mix, { bassline }: Score, { chord, at, bar }: Place & { chord: readonly [number, ...number[]] }): void {
  for (const step of hits(bassline)) {
    const octave = step % 8 === 6 ? 12 : 0;
    bass(mix, { atSeconds: at + (step * bar) / 16, seconds: bar / 14, pitch: chord[0] - 24 + octave, level: 0.26 });
  }
}

function playDrums(mix: Mix, { drums }: Score, { at, bar, random }: Place & { random: Random }): void {
  const step = bar / 16;
  for (const i of hits(drums.kick)) kick(mix, at + i * step, 0.62);
  for (const i of hits(drums.snare)) snare(mix, at + i * step, 0.3, random);
  for (const i of hits(drums.hat)) hat(mix, at + i * step, i % 4 === 2 ? 0.26 : 0.15, random);
}

function hits(pattern: string): number[] {
  return [...pattern].flatMap((mark, i) => (mark === 'x' ? [i] : []));
}

export const nightDrive: Score = {
  seed: 'night drive',
  beatsAMinute: 104,
  chords: [
    [57, 60, 64, 67],
    [53, 57, 60, 64],
    [48, 55, 60, 64],
    [55, 59, 62, 66],
  ],
  bars: 10,
  melody: 'lead',
  rhythm: [0.9, 0.2, 0.5, 0.7, 0.1, 0.6, 0.3, 0.4],
  drums: { kick: 'x...x...x...x...', snare: '....x.......x...', hat: '..x...x...x...xx' },
  bassline: 'x.x.x.x.x.x.x.x.',
  padLevel: 0.11,
};

export const glassElevator: Score = {
  seed: 'glass elevator',
  beatsAMinute: 84,
  chords: [
    [53, 57, 60, 64],
    [52, 55, 59, 62],
    [50, 53, 57, 60],
    [48, 52, 55, 59],
  ],
  bars: 8,
  melody: 'bell',
  rhythm: [0.8, 0.5, 0.6, 0.4, 0.7, 0.3, 0.6, 0.5],
  drums: { kick: 'x.........x.....', snare: '............x...', hat: 'x.x.x.x.x.x.x.x.' },
  bassline: 'x.....x.........',
  padLevel: 0.1,
};

export const slowWeather: Score = {
  seed: 'slow weather',
  beatsAMinute: 68,
  chords: [
    [50, 57, 60, 65],
    [46, 53, 58, 62],
    [53, 57, 60, 67],
    [48, 55, 58, 64],
  ],
  bars: 7,
  melody: 'bell',
  rhythm: [0.7, 0, 0.3, 0.5, 0.4, 0, 0.6, 0.1],
  drums: { kick: 'x.......x.x.....', snare: '........x.......', hat: '....x.......x...' },
  bassline: 'x.......x.......',
  padLevel: 0.15,
};

export const copperSun: Score = {
  seed: 'copper sun',
  beatsAMinute: 122,
  chords: [
    [55, 59, 62, 66],
    [52, 55, 59, 62],
    [48, 52, 55, 62],
    [50, 54, 57, 60],
  ],
  bars: 12,
  melody: 'pluck',
  rhythm: [0.9, 0.6, 0.4, 0.8, 0.5, 0.7, 0.3, 0.8],
  drums: { kick: 'x...x...x...x...', snare: '....x.......x..x', hat: '..x...x...x...x.' },
  bassline: '..xx..x...xx..x.',
  padLevel: 0.08,
};
