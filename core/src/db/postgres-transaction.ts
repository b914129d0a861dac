import type postgres from 'postgres';
import { databaseErrors } from './errors.ts';
import type { OpenSession } from './owner.ts';
import { answer, type Query, refusal, refuse } from './postgres-connection.ts';
import { connectionError } from './postgres-server.ts';

type OwnerTransaction = Awaited<ReturnType<OpenSession['begin']>>;

/** Holds postgres.js's own transaction open until it is told how to end. `mode` as for `Begin`. Errors: the driver's. */
export function begin(client: postgres.Sql, mode: string): Promise<OwnerTransaction> {
  return new Promise((resolve, reject) => {
    const ending = Promise.withResolvers<void>();
    let lost: unknown;
    let over = false;
    const done = client.begin(mode, (connection) => {
      resolve(open(connection));
      return ending.promise;
    });
    done.catch((error) => {
      lost ??= error;
      reject(error);
    });

    function open(connection: postgres.TransactionSql): OwnerTransaction {
      const running = new Set<Query>();
      // after a loss postgres.js would send on the connection that took the lost one's place, into somebody else's transaction
      const assertAlive = () => {
        if (lost !== undefined) throw refusal(lost, databaseErrors.unreachable);
        if (over) throw databaseErrors.context_dead();
      };
      const finish = async (end: () => void) => {
        assertAlive();
        over = true;
        end();
        await done;
      };
      return {
        async send(statement) {
          assertAlive();
          return answer(connection, statement, running).catch((error) => {
            if (connectionError(error, databaseErrors.gone)) lost ??= error; // at once: `done` tells it some ticks later
            throw refusal(error, databaseErrors.unreachable);
          });
        },
        async script(text) {
          assertAlive();
          await connection.unsafe(text).simple().catch(refuse(databaseErrors.unreachable));
        },
        commit: () => finish(ending.resolve).catch(refuse(databaseErrors.gone)),
        rollback: () =>
          finish(() => ending.reject(ROLLED_BACK)).catch((error) => {
            if (error !== ROLLED_BACK) throw error;
          }),
        async interrupt() {
          await Promise.all([...running].map((query) => query.cancel()));
        },
      };
    }
  });
}

const ROLLED_BACK = Symbol('rolled back');
