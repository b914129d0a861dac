// What a transaction promises on either database: its limit, its end, and that nothing else works inside it.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SQL } from 'drizzle-orm';
import { TroupeError } from '../errors.ts';
import type { TransactionOptions, Tx, Watch } from './database.ts';
import { databaseErrors } from './errors.ts';
import { type Binder, type Guard, guard, type Send, type Statement, watched } from './statement.ts';

/** A transaction as a driver opened it. */
export interface OpenTransaction {
  readonly send: Send;
  /** With a last statement before it, whose failure undoes everything. Errors: that statement's; database.gone when an answer was lost. */
  commit(last?: Statement): Promise<void>;
  rollback(): Promise<void>;
  /** Stops what is running now. */
  interrupt(): Promise<void>;
}

/** Opens a transaction; `mode` is what stands behind `begin`, e.g. `read only`. */
export type Begin = (mode: string) => Promise<OpenTransaction>;

/** How much longer a statement and the rollback may take after the time-out before the caller is told anyway. */
const GRACE_MS = 300;

const scope = new AsyncLocalStorage<{ open: boolean }>();

/** Throws database.nested_transaction to code that runs inside a transaction or an owner's session. */
export function assertOutside(): void {
  if (scope.getStore()?.open) throw databaseErrors.nested_transaction();
}

/** Runs something inside of which `assertOutside` throws. */
export async function inside<T>(run: () => Promise<T>): Promise<T> {
  const store = { open: true };
  try {
    return await scope.run(store, run);
  } finally {
    store.open = false; // what was begun inside and goes on afterwards is outside
  }
}

/** `Database.transaction` over a driver's way to begin one. */
export function createTransaction(begin: Begin, binder: Binder) {
  return async function transaction<T>(options: TransactionOptions, run: (tx: Tx) => Promise<T>): Promise<T> {
    assertOutside();
    const limit = timeLimit(options.timeoutMs);
    let ended: Promise<void> | undefined;
    try {
      const opened = await beginWithin(limit, begin(modeOf(options)));
      const [statements, asides] = [guard(opened.send), guard(opened.send)];
      let last: Statement | undefined;
      const closeWith = (statement: Statement) => {
        last = statement;
      };
      const tx = createTx(binder, { statements, asides, closeWith });
      const value = await runOrUndo({ opened, statements, asides, limit, run: () => run(tx) });
      ended = commitWithin(limit, opened, last);
      // what was only read is true whatever becomes of the commit
      if (options.readOnly) ended.catch(() => undefined);
      else await ended;
      return value;
    } finally {
      void Promise.allSettled([ended]).then(limit.stop);
    }
  };
}

interface Sending {
  readonly statements: Guard;
  /** What the kernel sends beside them: nobody need wait for its answer. */
  readonly asides: Guard;
  closeWith(statement: Statement): void;
}

function createTx(binder: Binder, { statements, asides, closeWith }: Sending): Tx {
  let watch: Watch | undefined;
  let sent = 0;
  let following: { readonly at: number; send(): void } | undefined;
  const counted = guard((statement) => {
    sent += 1;
    const answering = statements.send(statement);
    if (following?.at === sent) following.send();
    return answering;
  });
  const handler = guard((statement) => (watch ? watched(counted.send, watch) : counted.send)(statement));
  const aside = binder.rows(asides.send);
  return {
    db: binder.db(handler.send),
    rows: binder.rows(counted.send),
    get lastingDb() {
      return binder.db(counted.send);
    },
    aside,
    watch(given) {
      watch = given;
    },
    pending: counted.pending,
    sent: () => sent,
    follow<T>(at: number, query: SQL) {
      let answering: Promise<T[]> | undefined;
      following = {
        at,
        send() {
          answering = aside<T>(query);
          answering.catch(() => undefined); // whoever asks for it is told
        },
      };
      return () => (sent === at ? answering : undefined);
    },
    end() {
      handler.end();
      following = undefined; // what comes now is not the handler's
    },
    closeWith: binder.statement(closeWith),
  };
}

async function beginWithin(limit: TimeLimit, beginning: Promise<OpenTransaction>): Promise<OpenTransaction> {
  try {
    return await limit.race(beginning, databaseErrors.timeout);
  } catch (error) {
    // it may still begin, for nobody; its own failure is the error thrown here or came too late for anyone
    beginning.then((late) => late.rollback()).catch(() => undefined);
    throw error;
  }
}

interface Attempt<T> {
  readonly opened: OpenTransaction;
  readonly statements: Guard;
  readonly asides: Guard;
  readonly limit: TimeLimit;
  run(): Promise<T>;
}

async function runOrUndo<T>({ opened, statements, asides, limit, run }: Attempt<T>): Promise<T> {
  const end = () => {
    statements.end();
    asides.end();
  };
  try {
    const value = await limit.race(inside(run), databaseErrors.timeout);
    if (statements.pending() > 0) throw databaseErrors.open_queries();
    const failure = statements.failure() ?? asides.failure();
    if (failure !== undefined) throw failure;
    end();
    return value;
  } catch (error) {
    end();
    if (!(await limit.settles(Promise.all([statements.idle(), asides.idle()])))) await limit.settles(opened.interrupt());
    await limit.settles(opened.rollback()); // when it fails the connection is lost, and the database undoes by itself
    throw error;
  }
}

async function commitWithin(limit: TimeLimit, opened: OpenTransaction, last: Statement | undefined): Promise<void> {
  const committing = opened.commit(last);
  if (await limit.settles(committing)) return committing;
  await limit.settles(opened.interrupt());
  if (!(await limit.settles(committing))) throw databaseErrors.gone({ during: 'commit' });
  await committing.catch((error) => {
    const isUnsure = error instanceof TroupeError && error.code === databaseErrors.gone.code;
    throw isUnsure ? error : databaseErrors.timeout(undefined, error); // the last statement was stopped, and all is undone
  });
}

function modeOf({ readOnly, isolation }: TransactionOptions): string {
  return [isolation && `isolation level ${isolation}`, readOnly ? 'read only' : 'read write'].filter(Boolean).join(' ');
}

interface TimeLimit {
  /** Throws when the limit passes first. */
  race<T>(work: Promise<T>, error: () => Error): Promise<T>;
  /** Whether work settles, well or not, before the limit and its grace have passed. */
  settles(work: Promise<unknown>): Promise<boolean>;
  stop(): void;
}

function timeLimit(timeoutMs: number | undefined): TimeLimit {
  const passed = Promise.withResolvers<void>();
  const timer = timeoutMs === undefined ? undefined : setTimeout(passed.resolve, timeoutMs);
  return {
    race: (work, error) =>
      Promise.race([
        work,
        passed.promise.then(() => {
          throw error();
        }),
      ]),
    settles: (work) =>
      Promise.race([
        work.then(
          () => true,
          () => true,
        ),
        passed.promise.then(() => after(GRACE_MS)).then(() => false),
      ]),
    stop: () => clearTimeout(timer),
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
