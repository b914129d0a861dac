// The worker's side of the embedded database: the only thread that runs Postgres code.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { vector } from '@electric-sql/pglite-pgvector';
import { withoutValues } from './database-error.ts';
import { type Answer, brief, type Failure, type Form, type Query, type Request, type WorkerSettings } from './pglite-protocol.ts';
import { createSession, type Parsers } from './pglite-session.ts';
import { TEXT_TYPES, TIMESTAMPTZ } from './statement.ts';

// a report that Node writes about a process, where it was told to, holds none of its settings: each thread says so for itself
process.report.excludeEnv = true;

const text = (value: string) => value;
const asText = Object.fromEntries(TEXT_TYPES.map((type) => [type, text]));
const PARSERS: Record<Form, Parsers> = {
  arrays: { ...asText, [TIMESTAMPTZ]: text },
  objects: asText,
  driver: {},
};

const CONFIGURATION = ['shared_buffers = 16MB', "timezone = 'UTC'"]; // 132 MB less memory than with the default of 128 MB

async function serve(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const say = (answer: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(answer, transfer);
  const log: string[] = [];
  let database: PGlite;
  try {
    database = await open(settings, log);
    database.onNotification((channel, payload) => say({ kind: 'notified', channel, payload }));
    for (const statement of settings.setup) await database.exec(statement);
  } catch (error) {
    const told = log.filter((line) => /FATAL|PANIC|ERROR|HINT|DETAIL/.test(line)).join(' ');
    return say({ kind: 'refused', reason: brief(told) || brief(String((error as Error).message)) });
  }

  const handle = createHandler(database, new Int32Array(settings.ending));
  port.on('message', async (request: Request) => {
    try {
      const value = await handle(request);
      say({ kind: 'done', id: request.id, value }, value instanceof ArrayBuffer ? [value] : []);
    } catch (error) {
      say({ kind: 'failed', id: request.id, failure: failureOf(error) });
    }
  });
  say({ kind: 'ready' });
}

async function open({ folder, snapshot }: WorkerSettings, log: string[]): Promise<PGlite> {
  const database = new PGlite({
    ...(folder !== undefined && { dataDir: folder }),
    ...(snapshot && { loadDataDir: new Blob([snapshot]) }),
    extensions: { vector, pg_trgm, pgcrypto },
    postgresqlconf: CONFIGURATION,
    parsers: { [types.INT8]: text },
    serializers: { [types.BOOL]: String },
    onStderr(line) {
      log.push(line.slice(0, 300));
      if (log.length > 20) log.shift();
      return false;
    },
  });
  await database.waitReady;
  return database;
}

/** Of somebody who has the session for a while. */
interface Turn {
  first: string | undefined;
  isScripted: boolean;
  give(): void;
}

function createHandler(database: PGlite, ending: Int32Array): (request: Request) => Promise<unknown> {
  let tail: Promise<unknown> = Promise.resolve();
  const session = createSession(database);
  const turns = new Map<number, Turn>();

  /** One at a time, and nobody may leave a transaction open for the next one to fall into. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = tail.then(work).finally(async () => {
      if (!database.closed && database.isInTransaction()) await database.exec('rollback');
    });
    tail = turn.catch(() => undefined); // the one who asked hears of it
    return turn;
  }

  function take(id: number, first: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = alone(async () => {
        await new Promise<void>((give) => {
          Atomics.store(ending, 0, 0);
          turns.set(id, { give, first, isScripted: false });
          resolve();
        });
      });
      held.catch(reject);
    });
  }

  async function query({ text, params, form, described }: Query, before?: string): Promise<unknown> {
    const answer = await session.query({ text, params, before }, form === 'arrays' ? 'array' : 'object', PARSERS[form]);
    return described ? answer : answer.rows;
  }

  async function give(turn: Turn, text: string, last: Query | undefined): Promise<void> {
    const before = firstOf(turn);
    if (last) await query(last, before);
    else if (before !== undefined) return; // nothing was begun
    Atomics.store(ending, 0, 1);
    await database.exec(text);
    if (turn.isScripted) await session.forget(); // an owner's: tables and functions may be others now
  }

  return async (request) => {
    const { id, turn } = request;
    const held = turn === undefined ? undefined : turns.get(turn);
    if (turn !== undefined && !held) throw new Error('This turn is over.');
    const run = held ? <T>(work: () => Promise<T>) => work() : alone;
    switch (request.op) {
      case 'query':
        return run(() => query(request, firstOf(held)));
      case 'script':
        if (held) held.isScripted = true;
        return run(async () => {
          const before = firstOf(held);
          if (before !== undefined) await database.exec(before);
          return (await database.exec(request.text)).map(({ rows }) => rows);
        });
      case 'take':
        return take(id, request.text);
      case 'give':
        try {
          if (held) await give(held, request.text, request.last);
        } finally {
          turns.delete(turn as number); // `held` was found under it
          held?.give();
        }
        return undefined;
      case 'dump':
        return run(async () => (await database.dumpDataDir('gzip')).arrayBuffer());
      case 'close':
        return run(() => database.close());
    }
  };
}

/** What a turn has still to begin with: once. */
function firstOf(turn: Turn | undefined): string | undefined {
  const first = turn?.first;
  if (turn) turn.first = undefined;
  return first;
}

function failureOf(error: unknown): Failure {
  const { name, message, code, severity, constraint } = withoutValues(error) as Failure;
  return {
    name,
    message: brief(String(message)) || 'unknown failure',
    ...(code && { code }),
    ...(severity && { severity }),
    ...(constraint && { constraint }),
  };
}

if (parentPort) await serve(parentPort, workerData);
