// What the main thread and the database's worker say to each other.

/** What the worker is started with. */
export interface WorkerSettings {
  /** Undefined: in memory. */
  readonly folder: string | undefined;
  /** A dump to fill a new database from; transferred. */
  readonly snapshot: ArrayBuffer | undefined;
  /** Run before the first request: the session's role and its LISTENs. */
  readonly setup: readonly string[];
  /** One Int32: 1 from when the end of a turn (a commit, a rollback) is run until the next turn. Of a worker that ended it says whether a commit can have been made. */
  readonly ending: SharedArrayBuffer;
}

/** How cells come back. `arrays` and `objects` as in `Statement`; `driver`: as PGlite gives them, int8 as text. */
export type Form = 'arrays' | 'objects' | 'driver';

/** Answered with the rows; `described`: with `{ rows, columns }`. */
export interface Query {
  readonly op: 'query';
  readonly text: string;
  readonly params: readonly unknown[];
  readonly form: Form;
  readonly described?: boolean;
}

export type Work =
  | Query
  | { readonly op: 'script'; readonly text: string }
  /**
   * Waits until nobody else works and keeps the session: only requests of this turn are served until it is given back. `text` (a begin)
   * is run together with the first of them.
   */
  | { readonly op: 'take'; readonly text: string }
  /** Runs `last` and, if that did not fail, `text` (a commit, a rollback), and ends the turn, whether they fail or not. */
  | { readonly op: 'give'; readonly text: string; readonly last?: Query }
  | { readonly op: 'dump' }
  | { readonly op: 'close' };

/** `turn` is the id of the `take` that this belongs to. */
export type Request = Work & { readonly id: number; readonly turn: number | undefined };

/** Fields of a worker's error that cross; none of them holds a value. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly constraint?: string;
}

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'notified'; readonly channel: string; readonly payload: string };

/** PGlite's bundle is minified: an error that escapes it can print a source line of 100 KB. Keeps what a person can read. */
export function brief(text: string): string {
  const lines = text.split('\n').filter((line) => line.length < 400);
  return lines.slice(-4).join(' ').slice(0, 600);
}
