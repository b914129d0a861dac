// The files of a folder on this machine, for the local operator.
import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { coreErrors } from '@troupe-os/core';
import { assetsErrors } from './errors.ts';

export interface LocalFile {
  readonly path: string;
  /** Below the folder that was named; of a single file its name. */
  readonly name: string;
}

/** The most files of one import. */
export const MAX_FILES = 10_000;

/**
 * The file itself, or the files below a folder in the order of their names. Hidden ones are left out and links are not followed.
 * Errors: core.path_not_allowed, core.unknown_file, assets.unreadable_folder, assets.nothing_to_import, assets.too_many_files.
 */
export async function localFiles(path: string, signal: AbortSignal): Promise<LocalFile[]> {
  if (!isAbsolute(path)) throw coreErrors.path_not_allowed();
  const start = await realpath(path).catch((cause: unknown) => {
    throw refusal(cause, path);
  });
  const facts = await lstat(start);
  if (facts.isFile()) return [{ path: start, name: basename(start) }];
  if (!facts.isDirectory()) throw assetsErrors.nothing_to_import({ path });
  const files: LocalFile[] = [];
  for await (const file of walk(start, signal)) {
    if (files.length === MAX_FILES) throw assetsErrors.too_many_files({ path, mostFiles: MAX_FILES });
    files.push({ path: file, name: relative(start, file) });
  }
  if (files.length === 0) throw assetsErrors.nothing_to_import({ path });
  return files;
}

async function* walk(folder: string, signal: AbortSignal): AsyncGenerator<string> {
  signal.throwIfAborted();
  const entries = await readFolder(folder);
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path, signal);
    else if (entry.isFile()) yield path;
  }
}

async function readFolder(folder: string): Promise<Dirent[]> {
  const refuse = (cause: unknown): never => {
    throw refusal(cause, folder);
  };
  await access(folder, constants.R_OK | constants.X_OK).catch(refuse);
  const entries = await readdir(folder, { withFileTypes: true }).catch(refuse);
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function refusal(cause: unknown, path: string) {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return coreErrors.unknown_file({ path }, cause);
  if (code === 'EACCES' || code === 'EPERM') return assetsErrors.unreadable_folder({ path }, cause);
  return cause;
}
