// Files that an action answers with: told of with their address, and sent into chats as what they are.
import { isDownload, type Kernel } from '@troupe-os/core/surface';
import { type Asking, act } from './records.ts';

export interface FilePart {
  readonly action: string;
  readonly input: unknown;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** Where it is fetched, as whoever asked for it. */
  readonly url?: string;
}

export interface OutgoingFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What chats take without more ado. */
const MOST_SENT_BYTES = 10 * 1024 * 1024;

/** The file that an action has answered with, or that it shows of what it has made; undefined: there is none. */
export function fileOf(kernel: Kernel, action: string, input: unknown, output: unknown): FilePart | undefined {
  const made = actionOf(kernel, action);
  if (!made || typeof output !== 'object' || output === null) return undefined;
  if (isDownload(made.output)) return partOf(made, input, output);
  const shown = made.shows && actionOf(kernel, made.shows.action);
  return shown && made.shows && partOf(shown, made.shows.input(output as never), output); // its schema made it
}

const actionOf = (kernel: Kernel, name: string) =>
  kernel.plugins.get(name.split('.', 1)[0] ?? '')?.actions.find((action) => action.name === name);

function partOf({ name, http }: { name: string; http?: string }, input: unknown, output: object): FilePart | undefined {
  const { fileName, contentType, size } = output as { fileName?: string; contentType?: string; size?: number };
  if (fileName === undefined || contentType === undefined || size === undefined) return undefined; // it was not kept whole
  const url = addressOf(http, input);
  return { action: name, input, name: fileName, contentType, size, ...(url ? { url } : {}) };
}

/** How the file is kept in the text of a message: as a link at its end. */
export function linkTo({ name, url }: FilePart): string {
  const address = url?.replaceAll('(', '%28').replaceAll(')', '%29');
  return address ? `\n\n[${name.replaceAll(/[[\]\n]/g, '')}](${address})` : '';
}

/** The same from the text, and the text without it. */
export function linkedIn(text: string): { text: string; file?: { name: string; url: string; contentType?: string } } {
  const [all, name, url] = /\n\n\[([^\]\n]+)\]\((\/api\/[^\s)]+)\)$/.exec(text) ?? [];
  if (all === undefined || name === undefined || url === undefined) return { text };
  const contentType = PICTURES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
  return { text: text.slice(0, -all.length), file: { name, url, ...(contentType ? { contentType } : {}) } };
}

const PICTURES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['avif', 'image/avif'],
]);

/** Where an action that is read by address is read with this input. */
export function addressOf(http: string | undefined, input: unknown): string | undefined {
  const given = input as Readonly<Record<string, unknown>>;
  const path = http?.slice('GET '.length).replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])));
  return path && `/api${path}`;
}

/** Its bytes, opened once more by whoever asked. Undefined: more than chats take. Errors: those of the action. */
export async function openFile(
  { name, contentType, size, action, input }: FilePart,
  asking: Asking,
): Promise<OutgoingFile | undefined> {
  if (size > MOST_SENT_BYTES) return undefined;
  const { objectKey } = await act<{ objectKey: string }>(asking, action, input as object);
  const bytes = Buffer.concat(await Array.fromAsync(await asking.kernel.objects.get(objectKey)));
  return { name, contentType, bytes };
}
