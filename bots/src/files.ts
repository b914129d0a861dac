// Files that are sent with a message: the bytes wait in quarantine, and the text names them.
import type { Readable } from 'node:stream';
import { type RegisteredAction, wireSchema } from '@troupe-os/core/surface';
import { isCommand } from './commands.ts';
import { chatErrors } from './errors.ts';
import { parseLine } from './line.ts';
import type { Asking } from './records.ts';

export const MOST_FILE_BYTES = 50 * 1024 * 1024;

export interface SentFile {
  readonly name: string;
  open(): Promise<NodeJS.ReadableStream>;
}

/** A file that waits to be used. */
export interface ReceivedFile {
  readonly name: string;
  readonly id: string;
}

/** Errors: chat.files_not_taken, those of kernel.receiveFile. */
export async function receiveFile(file: SentFile, text: string, asking: Asking): Promise<ReceivedFile> {
  const { kernel, caller, requestId, trace } = asking;
  const { taker } = await takerOf(text, asking);
  if (!taker) throw chatErrors.files_not_taken();
  const call = { action: taker.action.name, caller };
  await kernel.assertOpen({ ...call, surface: 'chat', requestId, trace });
  const bytes = (await file.open()) as Readable; // all streams of Node's are
  return { name: file.name, id: await kernel.receiveFile(call, file.name, bytes, MOST_FILE_BYTES) };
}

/** A command that takes a file is given the first; else the text says what came with it. */
export async function withFiles(text: string, files: readonly ReceivedFile[], asking: Asking): Promise<string> {
  const [first] = files;
  if (!first) return text;
  const { input } = await takerOf(text, asking);
  if (input && !new RegExp(`(?:^|\\s)${input}=`).test(text)) return `${text} ${input}=${first.id}`;
  return [text, ...files.map(({ name, id }) => `(File ${JSON.stringify(name)}: ${id})`)].join('\n').trim();
}

/** The action that a file is for: that of the command, with its input, or else any that takes one. */
async function takerOf(text: string, { kernel, caller }: Asking): Promise<{ taker?: RegisteredAction; input?: string }> {
  const open = await kernel.actionsFor(caller);
  const line = isCommand(text) ? parseLine(text) : undefined;
  const asked = open.find(({ action }) => action.name === `${line?.plugin}.${line?.verb}`);
  const input = asked && fileInputOf(asked);
  if (asked && input) return { taker: asked, input };
  const taker = open.find((one) => fileInputOf(one) !== undefined);
  return taker ? { taker } : {};
}

/** The name of the input that takes a file. */
function fileInputOf({ action }: RegisteredAction): string | undefined {
  const { properties = {} } = wireSchema(action.input) as { properties?: Record<string, { format?: string }> };
  return Object.keys(properties).find((name) => properties[name]?.format === 'troupe-file');
}
