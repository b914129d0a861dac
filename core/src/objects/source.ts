// The bytes that `put` is handed, a buffer or a file, opened before anything is written.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { objectErrors } from './errors.ts';

export interface Source {
  readonly bytes: Uint8Array | Readable;
  readonly size: number;
  close(): Promise<void>;
}

/** Errors: objects.unreadable where the path is no file, or may not be read. */
export async function openSource(body: Uint8Array | { path: string }): Promise<Source> {
  if (body instanceof Uint8Array) return { bytes: body, size: body.length, close: async () => {} };
  // without blocking: opening a named pipe would wait for somebody to write into it
  const handle = await open(body.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    throw objectErrors.unreadable(undefined, cause);
  });
  const facts = await handle.stat();
  if (!facts.isFile()) {
    await handle.close();
    throw objectErrors.unreadable();
  }
  const stream = handle.createReadStream({ autoClose: false });
  async function close(): Promise<void> {
    // an upload that failed may have left a read open; what it answers now is nobody's error
    stream.destroy();
    await handle.close();
  }
  return { bytes: stream, size: facts.size, close };
}
