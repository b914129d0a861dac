// Keeps two processes out of one data folder: they would destroy it. The system frees the lock however its holder dies.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databaseErrors } from './errors.ts';

const SQLITE_BUSY = 5;

/** Keeps the garbage collector from closing a lock that nobody refers to. */
const held = new Set<DatabaseSync>();

/**
 * Locks a folder that need not exist yet, by files beside it. Answers how to unlock.
 * Errors: database.locked with the holder's `pid` and `since`, database.open_failed.
 */
export function lockFolder(folder: string): () => void {
  const holderFile = `${folder}.holder.json`;
  let file: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    file = new DatabaseSync(`${folder}.lock`, { timeout: 0 });
    file.exec('begin exclusive');
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  } catch (error) {
    file?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw databaseErrors.locked({ folder, ...holder(holderFile) }, error);
    throw databaseErrors.open_failed({ folder, reason: (error as Error).message }, error);
  }
  const lock = file;
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}

/** For the message only: the file may be missing or half written, and the lock holds without it. */
function holder(file: string): { pid?: number; since?: string } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
