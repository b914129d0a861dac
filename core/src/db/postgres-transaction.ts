import type pg from 'pg';
import { databaseErrors } from './errors.ts';
import type { OpenSession } from './owner.ts';
import { answer, cut, isIdle, isStale, QUICK, refusal } from './postgres-client.ts';
import { isLoss } from './postgres-server.ts';

type OwnerTransaction = Awaited<ReturnType<OpenSession['begin']>>;

export interface Connection {
  readonly client: pg.Client;
  /** Cancels what runs on it, over another connection. */
  cancel(): Promise<void>;
  /** Gives it back; `isSound`: others may use it. */
  release(isSound: boolean): void;
}

/** After an interrupted statement the connection is given so long for the rollback. */
const INTERRUPTED_MS = 10_000;

/** `mode` as for `Begin`. Errors: pg's; see `refusal`. */
export async function begin({ client, cancel, release }: Connection, mode: string): Promise<OwnerTransaction> {
  let isSound = true;
  let isOver = false;
  let clock: NodeJS.Timeout | undefined;

  const told = async <T>(answering: Promise<T>, lost = databaseErrors.unreachable): Promise<T> => {
    try {
      return await answering;
    } catch (error) {
      if (isLoss(error) || isStale(error)) isSound = false;
      throw refusal(error, lost);
    }
  };
  const assertOpen = () => {
    if (isOver) throw databaseErrors.context_dead();
  };
  const finish = async (word: 'commit' | 'rollback') => {
    assertOpen();
    isOver = true;
    try {
      const limit = word === 'rollback' ? QUICK : {}; // a commit checks and flushes, and has the call's limit
      await told(client.query({ text: word, ...limit }), databaseErrors.gone);
    } finally {
      clearTimeout(clock);
      release(isSound && isIdle(client));
    }
  };

  try {
    await client.query({ text: `begin ${mode}`, ...QUICK });
  } catch (error) {
    release(false);
    throw error;
  }
  return {
    async send(statement) {
      assertOpen();
      return (await told(answer(client, statement)))();
    },
    async script(text) {
      assertOpen();
      await told(client.query(text));
    },
    commit: () => finish('commit'),
    rollback: () => finish('rollback'),
    async interrupt() {
      isSound = false; // the cancellation may come late, and would hit whoever is next
      clock ??= setTimeout(() => cut(client), INTERRUPTED_MS);
      await cancel();
    },
  };
}
