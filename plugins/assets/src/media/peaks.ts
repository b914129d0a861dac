// What a player draws: how loud each four-hundredth of a sound is.

export const PEAK_COUNT = 400;

/** Takes sound in pieces; `finish` returns 400 peaks from 0 to 1, three decimals each. */
export function createPeakMeter() {
  const blocks: number[] = [];
  let peak = 0;
  let framesInBlock = 0;

  return {
    add(sound: readonly Float32Array[]): void {
      const frames = sound[0]?.length ?? 0;
      for (let frame = 0; frame < frames; frame++) {
        for (const samples of sound) peak = Math.max(peak, Math.abs(samples[frame] ?? 0));
        if (++framesInBlock < BLOCK_FRAMES) continue;
        blocks.push(peak);
        peak = 0;
        framesInBlock = 0;
      }
    },

    finish(): number[] {
      const all = framesInBlock > 0 ? [...blocks, peak] : blocks;
      return Array.from({ length: PEAK_COUNT }, (_, i) => {
        const start = Math.floor((i * all.length) / PEAK_COUNT);
        const end = Math.max(start + 1, Math.floor(((i + 1) * all.length) / PEAK_COUNT));
        const loudest = all.slice(start, end).reduce((highest, value) => Math.max(highest, value), 0);
        return Math.round(Math.min(1, loudest) * 1000) / 1000;
      });
    },
  };
}

// the length is unknown until the end, so fine blocks are kept first: an hour is 2.5 million numbers
const BLOCK_FRAMES = 64;
