// The embedded database over its worker: the session's role and listeners survive a restart of the worker.

import type { Answered } from './database.ts';
import { databaseErrors } from './errors.ts';
import type { Work } from './pglite-protocol.ts';
import { startThread, type Thread } from './pglite-thread.ts';
import { quoted } from './quoted.ts';
import type { Statement } from './statement.ts';
import { assertOutside } from './transaction.ts';

/** As the queue engine's adapter for PGlite wants it. Refuses to work inside a transaction, where it would wait for ever. */
export interface PgliteClient {
  query<T>(text: string, params?: unknown[]): Promise<{ rows: T[] }>;
  exec(text: string): Promise<{ rows: never[] }[]>;
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** Called when the worker is restarted: what is asked from then on waits for the new session. Answers how to stop. */
  onLeaderChange(restarted: () => void): () => void;
  /** All of the database, as a compressed archive. */
  dump(): Promise<Blob>;
}

/** The one session of the database, for one user at a time. */
export interface Turn {
  query(statement: Statement): Promise<readonly unknown[]>;
  script(text: string): Promise<void>;
  /** All of the database, as a compressed archive. */
  dump(): Promise<Blob>;
  /** Stops what hangs, and this turn with it, by a restart of the worker. */
  interrupt(): Promise<void>;
  /** Runs a last statement, if any, and then, if it did not fail, a last text (a commit), and lets the others go on. */
  give(text: string, last?: Statement): Promise<void>;
}

export interface Pglite {
  readonly client: PgliteClient;
  query(statement: Statement): Promise<readonly unknown[]>;
  /** Waits until nobody else works; a first text is run with what comes first. A restart before it begins is not noticed. */
  take(text: string): Promise<Turn>;
  /** The role of this session and of those after a restart. */
  become(role: string): Promise<void>;
  role(): string | undefined;
  close(): Promise<void>;
}

const TAKE_TRIES = 3;

/** Errors: database.open_failed. */
export async function startPglite(folder: string | undefined, snapshot: ArrayBuffer | undefined): Promise<Pglite> {
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const restarted = new Set<() => void>();
  let role: string | undefined;
  let closed = false;
  let current: Promise<Thread> | undefined;
  await open(snapshot);

  function open(filling?: ArrayBuffer, before: Promise<unknown> = Promise.resolve()): Promise<Thread> {
    const opening = before.then(() => startThread({ folder, snapshot: filling, setup: setup() }, { notified, lost }));
    opening.catch(() => {
      if (current === opening) current = undefined; // whoever asks next tries again
    });
    current = opening;
    return opening;
  }

  function setup(): string[] {
    return [
      ...(role === undefined ? [] : [`set role ${quoted(role)}`]),
      ...[...listeners.keys()].map((channel) => `listen ${quoted(channel)}`),
    ];
  }

  function notified(channel: string, payload: string): void {
    for (const heard of listeners.get(channel) ?? []) queueMicrotask(() => heard(payload));
  }

  function lost(): void {
    restart().catch(() => undefined); // whoever asks next hears why
  }

  async function live(): Promise<Thread> {
    if (closed) throw databaseErrors.unreachable({ reason: 'closed' });
    if (current === undefined && folder === undefined) throw databaseErrors.unreachable({ reason: 'was in memory, and ended' });
    return current ?? open();
  }

  /** Ends the worker whatever it is doing, and opens the folder again: what was committed is there. */
  async function restart(): Promise<void> {
    const ended = current?.then(
      (thread) => thread.end(),
      () => undefined,
    );
    current = undefined;
    if (folder === undefined) return ended;
    const opening = open(undefined, ended);
    for (const told of restarted) told();
    await opening;
  }

  async function ask(work: Work): Promise<unknown> {
    return (await live()).ask(work).answer;
  }

  async function take(text: string): Promise<Turn> {
    for (let tries = 1; ; tries++) {
      const thread = await live();
      const isFree = thread.isIdle();
      const { id, answer } = thread.ask({ op: 'take', text });
      answer.catch(() => undefined);
      try {
        if (!isFree) await answer; // else whatever is sent next finds its turn begun
      } catch (error) {
        if (tries < TAKE_TRIES && isGone(error)) continue;
        throw error;
      }
      const askMine = (work: Work) => thread.ask(work, id).answer;
      return {
        query: (statement) => query(askMine, statement),
        async script(script) {
          await askMine({ op: 'script', text: script });
        },
        dump: async () => new Blob([(await askMine({ op: 'dump' })) as ArrayBuffer]),
        async interrupt() {
          if ((await current) === thread) await restart();
        },
        async give(end, last) {
          await askMine({ op: 'give', text: end, ...(last && { last: queryOf(last) }) });
        },
      };
    }
  }

  async function listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    assertOutside();
    const own = (payload: string) => heard(payload); // the same function may listen twice
    const hearing = listeners.get(channel) ?? new Set();
    listeners.set(channel, hearing.add(own));
    await ask({ op: 'script', text: `listen ${quoted(channel)}` });
    return async () => {
      hearing.delete(own);
      if (hearing.size > 0 || listeners.get(channel) !== hearing) return;
      listeners.delete(channel);
      await ask({ op: 'script', text: `unlisten ${quoted(channel)}` });
    };
  }

  return {
    client: {
      async query<T>(text: string, params: unknown[] = []) {
        assertOutside();
        return { rows: (await ask({ op: 'query', text, params, form: 'driver' })) as T[] };
      },
      async exec(text) {
        assertOutside();
        return ((await ask({ op: 'script', text })) as never[][]).map((rows) => ({ rows }));
      },
      listen,
      onLeaderChange(told) {
        restarted.add(told);
        return () => void restarted.delete(told);
      },
      async dump() {
        assertOutside();
        const turn = await take('reset role');
        try {
          await turn.script('checkpoint');
          return await turn.dump();
        } finally {
          await turn.give(role === undefined ? '' : `set role ${quoted(role)}`);
        }
      },
    },
    query: (statement) => query(ask, statement),
    take,
    async become(next) {
      role = next;
      await ask({ op: 'script', text: `set role ${quoted(next)}` });
    },
    role: () => role,
    async close() {
      if (closed) return;
      const thread = await current?.catch(() => undefined);
      closed = true;
      await thread?.ask({ op: 'close' }).answer;
      await thread?.end();
    },
  };
}

async function query(ask: (work: Work) => Promise<unknown>, statement: Statement): Promise<readonly unknown[]> {
  const { text, watch } = statement;
  const work = queryOf(statement);
  if (!watch) return (await ask(work)) as readonly unknown[];
  const { rows, columns } = (await ask({ ...work, described: true })) as Omit<Answered, 'text'>;
  watch({ text, columns, rows });
  return rows;
}

const queryOf = ({ text, params, form }: Statement) => ({ op: 'query', text, params, form }) as const;

/** Whether the worker ended before it answered. */
export function isGone(error: unknown): boolean {
  return (error as { code?: unknown }).code === databaseErrors.gone.code;
}
