// outside-tools.lock.json beside troupe.config.ts: the tools that somebody has confirmed, as they were then.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hashOf, type ToolDefinition } from './definition.ts';

export interface PinnedTool {
  readonly sha256: string;
  readonly definition: ToolDefinition;
}

/** Of one server: by the tool's name, and what is wrong with the file. */
export interface Pinned {
  readonly tools: ReadonlyMap<string, PinnedTool>;
  readonly faults: readonly string[];
}

const definition = z.looseObject({ name: z.string(), inputSchema: z.record(z.string(), z.unknown()) });
const lockFile = z.strictObject({
  version: z.literal(1),
  servers: z.record(z.string(), z.record(z.string(), z.strictObject({ sha256: z.string(), definition }))),
});
type LockFile = z.output<typeof lockFile>;

const EMPTY: LockFile = { version: 1, servers: {} };

/** Where it is, for a config at this `import.meta.url`. */
export const lockPathOf = (from: string): string => fileURLToPath(new URL('outside-tools.lock.json', from));

/** What was confirmed of a server. A file that cannot be read, or an entry that was changed by hand, confirms nothing. */
export function readPinned(path: string, server: string): Pinned {
  let file: LockFile;
  try {
    file = readLock(path);
  } catch {
    return { tools: new Map(), faults: [`${path} is not what this command writes: restore it, or delete it and pin anew`] };
  }
  const tools = Object.entries(file.servers[server] ?? {}).map(
    ([name, { sha256, definition }]) => [name, { sha256, definition: definition as ToolDefinition }] as const,
  );
  const isWhole = ([name, pinned]: (typeof tools)[number]) =>
    pinned.definition.name === name && hashOf(pinned.definition) === pinned.sha256;
  return {
    tools: new Map(tools.filter(isWhole)),
    faults: tools.filter((tool) => !isWhole(tool)).map(([name]) => `"${name}" in ${path} is not what was confirmed: pin it anew`),
  };
}

/** Replaces what is confirmed of a server, and leaves the others as they are. */
export function writePinned(path: string, server: string, tools: ReadonlyMap<string, PinnedTool>): void {
  const file = readLock(path);
  const all = { ...file.servers, [server]: Object.fromEntries(byName([...tools])) };
  const text = JSON.stringify({ version: 1, servers: Object.fromEntries(byName(Object.entries(all))) }, undefined, 2);
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${text}\n`);
  renameSync(next, path); // whoever reads it meets the old one or the new one
}

const byName = <T>(entries: [string, T][]): [string, T][] => entries.sort(([one], [other]) => (one < other ? -1 : 1));

function readLock(path: string): LockFile {
  try {
    return lockFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
    throw error;
  }
}
