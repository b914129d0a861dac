import type { z } from 'zod';
import type { Context, Db, JobTools } from '../context.ts';
import type { Call } from '../kernel/call.ts';

/** One step of a job: `prepare` may talk to the outside with no transaction open, `handler` writes the result in a call of its own. */
export interface JobStep<I = never> {
  readonly name: string;
  prepare?(tools: JobTools, input: I): Promise<unknown>;
  handler(ctx: Context, input: I, prepared: never): Promise<void>;
}

/** A step that makes a stored call, as whoever made it first, through the whole pipeline. Undefined: there is nothing left to do. */
export interface CallStep<I = never> {
  readonly name: string;
  call(db: Db, input: I): Promise<Call | undefined>;
}

/** Work done later or on a schedule. A step that has been done is not done again, however often the job is retried. */
export interface Job<S extends z.ZodType = z.ZodType> {
  /** `plugin.verb-noun`. */
  readonly name: `${string}.${string}`;
  readonly input: S;
  /** As an action's: the words that it stores come from outside, from a file say. */
  readonly untrustedInput?: true | readonly `${string}.${string}`[];
  /** Cron, in UTC; the scheduled job's input is `{}`. */
  readonly schedule?: string;
  /** With the rights that whoever enqueued it has at the time of the run, or as `service:<plugin>`. */
  readonly runsAs: 'caller' | 'plugin';
  /** Tries after the first; default 3. */
  readonly retries?: number;
  /** It spends its time waiting for somebody outside, who may be silent for long: other jobs never wait for it. */
  readonly waitsOutside?: true;
  readonly steps: readonly (JobStep<never> | CallStep<never>)[];
  /** Asked before each run, outside a call: where it answers false, there is nothing to do and nothing is recorded. */
  isDue?(db: Db, now: Date): Promise<boolean>;
  /** After the last try: says what became of it, in a call of its own. */
  onDead?(ctx: Context, input: never, error: { code: string; message: string }): Promise<void>;
}

export type JobInput<J> = J extends Job<infer S> ? z.output<S> : never;

/** Declares a job. */
export function defineJob<S extends z.ZodType>(
  job: Omit<Job<S>, 'steps' | 'onDead'> & {
    readonly steps: readonly (JobStep<z.output<S>> | CallStep<z.output<S>>)[];
    onDead?(ctx: Context, input: z.output<S>, error: { code: string; message: string }): Promise<void>;
  },
): Job<S> {
  // the kernel decodes the stored input with this schema before it calls a step
  return Object.freeze(job) as unknown as Job<S>;
}
