import type pg from 'pg';
import { databaseErrors } from './errors.ts';
import type { OpenSession } from './owner.ts';
import { answer, cut, gather, isIdle, isStale, QUICK, refusal } from './postgres-client.ts';
import { isLoss } from './postgres-server.ts';
import type { Statement } from './statement.ts';

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

/**
 * `mode` as for `Begin`. The first statements are sent together with the beginning, the last with the commit: each way to a server
 * costs more than many a statement. A session is one that only reads (`openPostgres`), so that nothing is done behind a beginning that
 * was refused. Where a connection was lost before the transaction began, nothing was done, and it begins on
 * another one; all of a pool's may have been lost. Errors: those of `connect`; pg's, see `refusal`.
 */
export async function begin(connect: () => Promise<Connection>, mode: string, tries = 1): Promise<OwnerTransaction> {
  let { connection, begun } = await opened();
  /** Resolves when the transaction has begun, whatever becomes of what was sent with it. */
  let beginning: Promise<void> | undefined;
  let hasBegun = false;
  /** What was sent meanwhile, with its answer on the connection of now. */
  const early: { readonly statement: Statement; answering?: ReturnType<typeof answer> }[] = [];
  let isHeld = true;
  let isSound = true;
  let isOver = false;
  let hasFailed = false;
  let clock: NodeJS.Timeout | undefined;

  async function opened() {
    const taken = await connect();
    gather(taken.client);
    const answering = taken.client.query({ text: `begin ${mode}`, ...QUICK });
    answering.catch(() => undefined); // asked about by whoever sends first
    return { connection: taken, begun: answering };
  }

  function put(one: (typeof early)[number]): void {
    one.answering = answer(connection.client, one.statement);
    one.answering.catch(() => undefined);
  }

  async function beginOnAny(): Promise<void> {
    for (let left = tries; ; left--) {
      try {
        await begun;
        hasBegun = true;
        return;
      } catch (error) {
        connection.release(false);
        isHeld = false;
        if (isOver || left === 1 || !isLoss(error)) throw refusal(error, databaseErrors.unreachable);
      }
      ({ connection, begun } = await opened());
      isHeld = true;
      for (const one of early) put(one);
    }
  }

  const told = async <T>(answering: Promise<T>, lost = databaseErrors.unreachable): Promise<T> => {
    try {
      return await answering;
    } catch (error) {
      // behind a failure nothing is prepared, so that a text that is sent twice is not known the second time
      if (isLoss(error) || (!hasFailed && isStale(error))) isSound = false;
      hasFailed = true;
      throw refusal(error, lost);
    }
  };
  const assertOpen = () => {
    if (isOver) throw databaseErrors.context_dead();
  };
  const send = async (statement: Statement): Promise<readonly unknown[]> => {
    assertOpen();
    if (hasBegun) return (await told(answer(connection.client, statement)))();
    const one: (typeof early)[number] = { statement };
    early.push(one);
    if (isHeld) put(one);
    beginning ??= beginOnAny();
    await beginning;
    if (!one.answering) throw databaseErrors.unreachable();
    return (await told(one.answering))();
  };
  /** A commit checks and flushes, and has the call's limit. */
  const finish = async (word: 'commit' | 'rollback', last?: Statement) => {
    assertOpen();
    isOver = true;
    await beginning?.catch(() => undefined); // it may be on its way to another connection
    if (!isHeld) {
      clearTimeout(clock);
      throw databaseErrors.unreachable();
    }
    const { client, release } = connection;
    try {
      if (!beginning) await told(begun); // a last statement must not be one outside a transaction
      const closing = last && answer(client, last);
      const ending = client.query({ text: word, ...(word === 'rollback' && QUICK) });
      await Promise.allSettled([closing, ending]);
      if (closing) await told(closing, databaseErrors.gone);
      await told(ending, databaseErrors.gone);
    } finally {
      clearTimeout(clock);
      release(isSound && isIdle(client));
    }
  };

  return {
    send,
    async script(text) {
      assertOpen();
      await told(begun);
      await told(connection.client.query(text));
    },
    commit: (last) => finish('commit', last),
    rollback: () => finish('rollback'),
    async interrupt() {
      isSound = false; // the cancellation may come late, and would hit whoever is next
      const { client, cancel } = connection;
      clock ??= setTimeout(() => cut(client), INTERRUPTED_MS);
      await cancel();
    },
  };
}
