import type { Context, Tools } from '../context.ts';

/** What an empty house is filled with. Runs at most once by name, as `service:<plugin>`; safe to repeat all the same. */
export interface Seed {
  readonly name: string;
  /** `base` is needed to work at all; `rehearsal` is the catalogue that `--empty` leaves out. */
  readonly when: 'base' | 'rehearsal';
  prepare?(tools: Tools): Promise<unknown>;
  run(ctx: Context, prepared: never): Promise<void>;
}

/** Declares a seed. */
export function defineSeed<Prepared = undefined>(seed: {
  name: string;
  when: Seed['when'];
  prepare?(tools: Tools): Promise<Prepared>;
  run(ctx: Context, prepared: NoInfer<Prepared>): Promise<void>;
}): Seed {
  // `run` gets what its own `prepare` returned
  return Object.freeze(seed) as Seed;
}
