import type { OwnerSession } from './database.ts';
import { databaseErrors } from './errors.ts';
import { type Binder, guard, type Send } from './statement.ts';
import { inside, type OpenTransaction } from './transaction.ts';

/** One connection as the owner, as a driver opens it. */
export interface OpenSession {
  readonly send: Send;
  script(text: string): Promise<void>;
  begin(): Promise<OpenTransaction & Pick<OwnerSession, 'script'>>;
}

/** Runs `run` with an owner's session; everything else of the database refuses to work inside. */
export function runAsOwner<T>(binder: Binder, session: OpenSession, run: (owner: OwnerSession) => Promise<T>): Promise<T> {
  let busy = false;
  const assertFree = () => {
    if (busy) throw databaseErrors.nested_transaction();
  };

  async function transaction<R>(work: (tx: Pick<OwnerSession, 'rows' | 'script'>) => Promise<R>): Promise<R> {
    assertFree();
    busy = true;
    try {
      const opened = await session.begin();
      const statements = guard(opened.send);
      let failure: unknown;
      const script = (text: string) =>
        opened.script(text).catch((error) => {
          failure ??= error; // the commit of a failed transaction is a rollback that succeeds
          throw error;
        });
      try {
        const value = await work({ rows: binder.rows(statements.send), script });
        if (statements.pending() > 0) throw databaseErrors.open_queries();
        failure ??= statements.failure();
        if (failure !== undefined) throw failure;
        await opened.commit();
        return value;
      } catch (error) {
        statements.end();
        await opened.rollback().catch(() => undefined); // the connection is lost, and the database undoes by itself
        throw error;
      }
    } finally {
      busy = false;
    }
  }

  return inside(() =>
    run({
      rows: binder.rows(async (statement) => {
        assertFree();
        return session.send(statement);
      }),
      async script(text) {
        assertFree();
        await session.script(text);
      },
      transaction,
    }),
  );
}
