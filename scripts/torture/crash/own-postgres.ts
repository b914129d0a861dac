// A Postgres server of our own, which may be stopped at once. Its answers are flushed to disk, as those of a real one.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atServer, type Place } from '../../bench/places.ts';

const program = join(import.meta.dirname, '../../../.ci/postgres');
const env = { ...process.env, TROUPE_TEST_POSTGRES_DURABLE: '1' };

export interface OwnPostgres {
  run<T>(work: (place: Place) => Promise<T>): Promise<T>;
  /** `pg_ctl stop -m immediate`, and a start. */
  stopAtOnce(): Promise<void>;
  close(): Promise<void>;
}

export async function openOwnPostgres(): Promise<OwnPostgres> {
  const told = async (...words: string[]) => (await promisify(execFile)(program, words, { env })).stdout.trim();
  const url = await told('start');
  return {
    run: (work) => atServer(url, work),
    stopAtOnce: () => told('crash', url).then(() => undefined),
    close: () => told('stop', url).then(() => undefined),
  };
}
