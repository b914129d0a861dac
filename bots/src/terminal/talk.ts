// The conversation at a prompt: Tab completes commands, Ctrl-C stops a running answer and otherwise ends.
import { createInterface } from 'node:readline/promises';
import { TroupeError } from '@troupe-os/core';
import { errorLine } from '@troupe-os/core/command-line';
import type { Door } from '@troupe-os/core/surface';
import type { Completions } from '../complete.ts';
import type { ReceivedFile } from '../files.ts';
import { ask, attach, fetchJson, type Saying } from './ask.ts';
import { watchAsks } from './asks.ts';
import { writerTo } from './writer.ts';

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
}

const thisOne: Terminal = { input: process.stdin, output: process.stdout };

/** Commands of the terminal's own. */
const OWN_COMMAND = /^\s*\/(quit|file|again)(?:\s+(.*))?$/s;
const OWN_NAMES = ['/quit', '/file ', '/again '];

/** Talks until the input ends. Answers the exit code. */
export async function talk(door: Door, conversationId: string, { input, output }: Terminal = thisOne): Promise<number> {
  const writer = writerTo(output);
  writer.say(await greeting(door));
  let answering = false;
  let files: ReceivedFile[] = [];
  let last: { readonly text: string; readonly messageId: string } | undefined;
  const lines = createInterface({
    input,
    output,
    terminal: input.isTTY === true,
    async completer(line: string): Promise<[string[], string]> {
      const { from, items } = await fetchJson<Completions>(door, `/chat/complete?text=${encodeURIComponent(line)}`);
      const own = OWN_NAMES.filter((name) => line !== '' && name.startsWith(line)).map((name) => name.slice(from));
      return [[...items.map(({ text }) => text), ...own], line.slice(from)];
    },
  });
  lines.on('SIGINT', () => {
    if (!answering) return lines.close();
    fetchJson(door, `/chat/conversations/${conversationId}/stop`, { method: 'POST' }).catch((error: unknown) => {
      writer.say(errorLine(error));
    });
  });

  let open = true;
  lines.once('close', () => {
    open = false;
  });
  const prompt = () => {
    if (open) lines.prompt(true); // what was piped in may have ended while an answer was written
  };
  const asks = watchAsks(door, (line) => {
    output.write(input.isTTY ? '\r\u001b[K' : '\n');
    writer.say(line);
    if (!answering) prompt();
  });
  lines.setPrompt('you> ');
  prompt();
  for await (const line of lines) {
    const [, own, rest = ''] = OWN_COMMAND.exec(line) ?? [];
    if (own === 'quit') break;
    if (own === 'file') await withRefusals(() => attachAll(rest));
    else if (own === 'again') await withRefusals(() => sayAgain(rest.trim()));
    else if (line.trim() !== '' || files.length > 0) await withRefusals(() => say({ text: line }));
    prompt();
  }
  asks.stop();
  lines.close();
  output.write('\n');
  return 0;

  async function say(saying: Saying): Promise<void> {
    answering = true;
    try {
      const { messageId, approvalIds } = await ask(door, conversationId, { ...saying, files }, writer);
      files = []; // they stay until something is said with them
      if (messageId) last = { text: saying.text, messageId };
      for (const approvalId of approvalIds) for (const line of await asks.show(approvalId)) writer.say(line);
    } finally {
      answering = false;
    }
  }

  async function sayAgain(text: string): Promise<void> {
    if (last) await say({ text: text || last.text, replaces: last.messageId });
    else writer.say('You have said nothing yet.');
  }

  async function attachAll(paths: string): Promise<void> {
    if (paths.trim() === '') return writer.say('/file PATH: the file goes with what you say next.');
    const file = await attach(door, paths.trim());
    files = [...files, file];
    writer.say(`${file.name} goes with what you say next.`);
  }

  /** Refused, or no such file: the conversation goes on. */
  async function withRefusals(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const isFile =
        error instanceof Error &&
        'code' in error &&
        ['ENOENT', 'EISDIR', 'EACCES', 'ERR_INVALID_ARG_VALUE'].includes(String(error.code));
      if (!(error instanceof TroupeError) && !isFile) throw error;
      writer.say(error instanceof TroupeError ? errorLine(error) : 'This file cannot be read.');
    }
  }
}

async function greeting(door: Door): Promise<string> {
  const { model, agents } = await fetchJson<{ model: string | null; agents: { name: string }[] }>(door, '/chat/state');
  const [first] = agents;
  const own = '/file sends a file, /again says the last thing anew, /quit or Ctrl-C ends.';
  if (!model || !first) return `No model is set: say it by command. /help lists what you can do; ${own}`;
  return `You talk with ${first.name} (${model}). Commands begin with /; Ctrl-C stops an answer; ${own}`;
}
