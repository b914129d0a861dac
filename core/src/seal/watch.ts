// Whether the log keeps up with the record: for how long the oldest row waits, and what went wrong.
import { TroupeError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';

export interface WatchOptions {
  readonly metrics: Pick<Metrics, 'sealLag'>;
  /** A row that waits longer for its seal is a fault. */
  readonly mostLagSeconds: number;
}

/** The sealer looks once a second. So long without an answer of the database, and it stands still. */
const STANDSTILL_MS = 4_000;
/** So long may the object store be away. */
const ANCHOR_LATE_MS = 600_000;

export function createWatch({ metrics, mostLagSeconds }: WatchOptions) {
  let answeredAt = performance.now();
  let waiting: { key: string; since: number } | undefined;
  let failure: string | undefined;
  let unanchoredSince: number | undefined;

  const secondsSince = (moment: number) => (performance.now() - moment) / 1000;
  const lag = () => (waiting ? secondsSince(waiting.since) : 0);

  return {
    /** The database has answered. */
    answered() {
      answeredAt = performance.now();
    },
    /** The first row that waits, undefined where none does. The next look knows whether it is still the same one. */
    saw(first: string | undefined) {
      if (first === undefined) waiting = undefined;
      else if (waiting?.key !== first) waiting = { key: first, since: performance.now() };
      metrics.sealLag(lag());
    },
    sealed() {
      failure = undefined;
    },
    /** Answers whether this failure is another one than the last. */
    failed(error: unknown): boolean {
      const before = failure;
      // anybody may read /readyz: what no table of errors says stays in the log
      failure = error instanceof TroupeError ? error.message : 'the log says why';
      metrics.sealLag(lag());
      return failure !== before;
    },
    anchored(isDone: boolean) {
      unanchoredSince = isDone ? undefined : (unanchoredSince ?? performance.now());
    },
    fault(): string | undefined {
      if (failure !== undefined) return `the record could not be sealed: ${failure}`;
      if (performance.now() - answeredAt > STANDSTILL_MS)
        return `the sealer has stood still for ${secondsSince(answeredAt).toFixed(0)} s`;
      if (lag() > mostLagSeconds)
        return `a row of the record has waited for its seal for ${lag().toFixed(0)} s: an open transaction holds it back, \`troupe doctor\` names it`;
      if (unanchoredSince !== undefined && performance.now() - unanchoredSince > ANCHOR_LATE_MS)
        return `no checkpoint has reached the object store for ${secondsSince(unanchoredSince).toFixed(0)} s`;
      return undefined;
    },
  };
}
