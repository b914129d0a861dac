// A call on its way, as far as it has come when its work begins.
import type { Need } from '../define/governor.ts';
import type { CallFacts } from './audit.ts';
import type { Authority } from './authorize.ts';
import type { Call } from './call.ts';
import type { TaintWatch } from './taint-watch.ts';
import type { Work } from './work.ts';

export interface Inside {
  readonly work: Work;
  readonly call: Call;
  readonly authority: Authority;
  readonly facts: CallFacts;
  /** Whose yes it needs, as far as that is known before the handler. */
  readonly needs: readonly Need[];
  readonly input: unknown;
  readonly prepared: unknown;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** When its time is up, by `performance.now()`. */
  readonly until: number;
  /** Where a model reads the answer. */
  readonly watch: TaintWatch | undefined;
}
