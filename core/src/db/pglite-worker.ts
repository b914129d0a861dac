// The worker's side of the embedded database: the only thread that runs Postgres code.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { vector } from '@electric-sql/pglite-pgvector';
import type { AnsweredColumn } from './database.ts';
import { withoutValues } from './database-error.ts';
import { type Answer, brief, type Failure, type Form, type Request, type WorkerSettings } from './pglite-protocol.ts';
import { TEXT_TYPES, TIMESTAMPTZ } from './statement.ts';

// a report that Node writes about a process, where it was told to, holds none of its settings: each thread says so for itself
process.report.excludeEnv = true;

const text = (value: string) => value;
const asText = Object.fromEntries(TEXT_TYPES.map((type) => [type, text]));
const PARSERS: Record<Form, Record<number, (value: string) => unknown>> = {
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

  const handle = createHandler(database);
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

function createHandler(database: PGlite): (request: Request) => Promise<unknown> {
  let tail: Promise<unknown> = Promise.resolve();
  const columns = watchColumns(database);
  const turns = new Map<number, { give(): void }>();

  /** One at a time, and nobody may leave a transaction open for the next one to fall into. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = tail.then(work).finally(async () => {
      if (!database.closed && database.isInTransaction()) await database.exec('rollback');
    });
    tail = turn.catch(() => undefined); // the one who asked hears of it
    return turn;
  }

  function take(id: number, statement: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = alone(async () => {
        await database.exec(statement);
        await new Promise<void>((give) => {
          turns.set(id, { give });
          resolve();
        });
      });
      held.catch(reject);
    });
  }

  return async (request) => {
    const { id, turn } = request;
    const held = turn === undefined ? undefined : turns.get(turn);
    if (turn !== undefined && !held) throw new Error('This turn is over.');
    const run = held ? <T>(work: () => Promise<T>) => work() : alone;
    switch (request.op) {
      case 'query':
        return run(async () => {
          const rowMode = request.form === 'arrays' ? 'array' : 'object';
          const parsers = PARSERS[request.form];
          const { rows } = await database.query(request.text, [...request.params], { rowMode, parsers });
          return request.described ? { rows, columns: columns() } : rows;
        });
      case 'script':
        return run(async () => (await database.exec(request.text)).map(({ rows }) => rows));
      case 'take':
        return take(id, request.text);
      case 'give':
        try {
          await database.exec(request.text);
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

/** PGlite's answers leave out of which table a column is; the messages that it makes them of do not. Answers what the last one said. */
function watchColumns(database: PGlite): () => AnsweredColumn[] {
  let last: AnsweredColumn[] = [];
  const stream = database.execProtocolStream.bind(database);
  database.execProtocolStream = async (message, options) => {
    const messages = await stream(message, options);
    for (const one of messages)
      if ('fields' in one && one.name === 'rowDescription') last = (one as unknown as { fields: Field[] }).fields.map(column);
      else if (one.name === 'noData') last = [];
    return messages;
  };
  return () => last;
}

interface Field {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
}

const column = ({ name, tableID, columnID, dataTypeID }: Field): AnsweredColumn => ({
  name,
  table: tableID,
  number: columnID,
  type: dataTypeID,
});

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
