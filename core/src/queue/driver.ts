// Work for later, kept in the same database as everything else.
import type { Tx } from '../db/database.ts';
import type { Caller } from '../kernel/call.ts';

/** A job on its way: who it is for, what it may assume, and where it came from. */
export interface Envelope {
  readonly jobId: string;
  /** Name of the job. */
  readonly job: string;
  /** In wire form. */
  readonly input: unknown;
  /** Undefined: it runs as its plugin. */
  readonly caller?: Omit<Caller, 'tainted'>;
  /** What the action that enqueued it needed; undefined: it runs as its plugin. */
  readonly permission?: string;
  /** The name of that action. */
  readonly enqueuedBy?: string;
  readonly tainted: boolean;
  readonly requestId: string;
  /** W3C traceparent. */
  readonly trace: string;
}

export interface QueueHandlers {
  /** Throws to have the job tried again later. */
  run(envelope: Envelope): Promise<void>;
  /** After the last try. */
  dead(envelope: Envelope): Promise<void>;
}

export interface Queue {
  /** Enqueues with this transaction: a rollback leaves nothing. */
  enqueue(tx: Tx, envelope: Envelope, options: { retries: number; waitsOutside: boolean }): Promise<void>;
  /** Starts working, `concurrency` jobs at once, and beside them some of those that wait for somebody outside. */
  work(handlers: QueueHandlers, options: { concurrency: number }): Promise<void>;
  /** Sees to it that these schedules stand. Others stay: a newer version of the program beside this one may need them. Cron in UTC. */
  schedule(
    entries: readonly { readonly key: string; readonly cron: string; readonly envelope: Omit<Envelope, 'jobId'> }[],
  ): Promise<void>;
  /** Ends a schedule; nothing happens where there is none. */
  unschedule(key: string): Promise<void>;
  /** Jobs that are due or run. */
  depth(): Promise<number>;
  /** Lets running jobs finish for a while, then returns. */
  stop(): Promise<void>;
}
