// Objects in a folder. The key is the path, with an ending that no key can have, so that `a` and `a/b` may both exist.
// Each file starts with one line that holds the content type: one rename commits type and bytes together.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { TroupeError } from '../errors.ts';
import type { ObjectInfo, Objects } from './driver.ts';
import { errnoOf, makeFolder, syncFolder, unlessAbsent, writeDurably } from './durable.ts';
import { objectErrors } from './errors.ts';
import { assertContentType, assertKey, assertPrefix, assertRange, isKey, type Range } from './rules.ts';
import { openSource } from './source.ts';

const ending = '@';
const headerRule = /^troupe-object ([ -~]+)\n/;
const headerLimit = 256;
const staleMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Objects below `folder`, which is made on the first write; several processes may share it. Only its owner may read the files.
 * A write goes to a file of its own, which is renamed once it has reached the disk.
 */
export function createFolderObjects(options: { folder: string }): Objects {
  const root = resolve(options.folder);
  const writing = join(root, `${ending}writing`);
  let swept = false;

  function pathOf(key: string): string {
    assertKey(key);
    return join(root, `${key}${ending}`);
  }

  async function put(
    key: string,
    body: Uint8Array | { path: string },
    { contentType }: { contentType: string },
  ): Promise<ObjectInfo> {
    const target = pathOf(key);
    assertContentType(contentType);
    const source = await openSource(body);
    try {
      await makeFolder(writing);
      if (!swept) await sweepLeftovers(writing);
      swept = true;
      await makeFolder(dirname(target));
      const header = `troupe-object ${contentType}\n`;
      const written = await writeDurably({ target, temporary: join(writing, randomUUID()), header, bytes: source.bytes });
      return { key, size: written - header.length, contentType };
    } finally {
      await source.close();
    }
  }

  async function head(key: string): Promise<ObjectInfo | undefined> {
    const opened = await openObject(pathOf(key), key);
    await opened?.handle.close();
    return opened?.info;
  }

  async function get(key: string, range?: Range): Promise<Readable> {
    if (range) assertRange(range);
    const opened = await openObject(pathOf(key), key);
    if (!opened) throw objectErrors.missing({ key });
    const { handle, info, offset } = opened;
    if (!range) return handle.createReadStream({ start: offset });
    const end = Math.min(range.end, info.size - 1);
    if (range.start <= end) return handle.createReadStream({ start: offset + range.start, end: offset + end });
    await handle.close();
    throw objectErrors.bad_range({ ...range, size: info.size });
  }

  async function remove(key: string): Promise<void> {
    const target = pathOf(key);
    await rm(target, { force: true });
    await syncFolder(dirname(target));
  }

  async function* list(prefix: string): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix);
    for await (const key of walk(root, prefix.slice(0, prefix.lastIndexOf('/') + 1))) {
      const info = key.startsWith(prefix) ? await onDisk(head(key)) : undefined;
      if (info) yield info;
    }
  }

  return {
    kind: 'folder',
    put: (key, body, facts) => onDisk(put(key, body, facts)),
    head: (key) => onDisk(head(key)),
    get: (key, range) => onDisk(get(key, range)),
    delete: (key) => onDisk(remove(key)),
    list,
    close: async () => {},
  };
}

interface OpenedObject {
  readonly handle: FileHandle;
  readonly info: ObjectInfo;
  /** Where the bytes begin in the file. */
  readonly offset: number;
}

async function openObject(path: string, key: string): Promise<OpenedObject | undefined> {
  const handle = await open(path, 'r').catch(unlessAbsent);
  if (!handle) return undefined;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headerLimit), 0, headerLimit, 0);
    const [header, contentType] = headerRule.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
    if (header === undefined || contentType === undefined) throw objectErrors.damaged({ key });
    const { size } = await handle.stat();
    return { handle, info: { key, size: size - header.length, contentType }, offset: header.length };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Keys below a folder in their order: a folder sorts as its name with the slash, for so do the keys in it. */
async function* walk(root: string, folder: string): AsyncIterable<string> {
  const entries = await onDisk(readdir(join(root, folder), { withFileTypes: true }).catch(unlessAbsent));
  const names = (entries ?? []).flatMap((entry) => {
    if (entry.isDirectory()) return [`${entry.name}/`];
    return entry.name.endsWith(ending) ? [entry.name.slice(0, -ending.length)] : [];
  });
  for (const name of names.sort((one, other) => (one < other ? -1 : 1))) {
    const key = folder + name;
    if (name.endsWith('/')) yield* isKey(key.slice(0, -1)) ? walk(root, key) : [];
    else if (isKey(key)) yield key;
  }
}

/** What a killed process left half written. Other processes may be writing now, so only what is old goes. */
async function sweepLeftovers(writing: string): Promise<void> {
  for (const name of await readdir(writing)) {
    const path = join(writing, name);
    const found = await stat(path).catch(unlessAbsent);
    if (found && Date.now() - found.mtimeMs > staleMilliseconds) await rm(path, { force: true });
  }
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    if (error instanceof TroupeError) throw error;
    throw objectErrors.unavailable({ code: errnoOf(error) }, error);
  });
}
