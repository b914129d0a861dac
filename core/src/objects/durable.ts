// Files and folders that survive a power cut, readable by their owner only.
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Writes a file whole or not at all: into `temporary`, on the same disk, and from there to `target` once the bytes have reached the disk.
 * Answers how many bytes were written. Leaves nothing behind when it fails.
 */
export async function writeDurably(file: {
  target: string;
  temporary: string;
  header: string;
  bytes: Uint8Array | Readable;
}): Promise<number> {
  try {
    const size = await writeNew(file);
    await rename(file.temporary, file.target);
    await syncFolder(dirname(file.target));
    return size;
  } catch (error) {
    await rm(file.temporary, { force: true });
    throw error;
  }
}

async function writeNew({
  temporary,
  header,
  bytes,
}: {
  temporary: string;
  header: string;
  bytes: Uint8Array | Readable;
}): Promise<number> {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(header);
    await handle.writeFile(bytes);
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** A rename survives a power cut only once its folder has reached the disk too. Windows has no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r').catch(unlessAbsent);
  await handle?.sync().finally(() => handle.close());
}

/** To be given to `catch`: what is not there is undefined, every other failure stays one. */
export function unlessAbsent(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
}

/** The system's name of a failure (`ENOSPC`), where it has one. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
