// The conversation at a prompt: Tab completes commands, Ctrl-C stops a running answer and otherwise ends.
import { createInterface } from 'node:readline/promises';
import { TroupeError } from '@troupe-os/core';
import { errorLine } from '@troupe-os/core/command-line';
import type { Door } from '@troupe-os/core/surface';
import type { Completions } from '../complete.ts';
import { ask, fetchJson } from './ask.ts';
import { writerTo } from './writer.ts';

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
}

const thisOne: Terminal = { input: process.stdin, output: process.stdout };

/** Talks until the input ends. Answers the exit code. */
export async function talk(door: Door, conversationId: string, { input, output }: Terminal = thisOne): Promise<number> {
  const writer = writerTo(output);
  writer.say(await greeting(door));
  let answering = false;
  const lines = createInterface({
    input,
    output,
    terminal: input.isTTY === true,
    async completer(line: string): Promise<[string[], string]> {
      const { from, items } = await fetchJson<Completions>(door, `/chat/complete?text=${encodeURIComponent(line)}`);
      return [items.map(({ text }) => text), line.slice(from)];
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
    if (open) lines.prompt(); // what was piped in may have ended while an answer was written
  };
  lines.setPrompt('you> ');
  prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      answering = true;
      await answerTo(line);
      answering = false;
    }
    prompt();
  }
  output.write('\n');
  return 0;

  async function answerTo(line: string): Promise<void> {
    try {
      await ask(door, conversationId, line, writer);
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      writer.say(errorLine(error)); // refused: the conversation goes on
    }
  }
}

async function greeting(door: Door): Promise<string> {
  const { model, agents } = await fetchJson<{ model: string | null; agents: { name: string }[] }>(door, '/chat/state');
  const [first] = agents;
  if (!model || !first) return 'No model is set: say it by command. /help lists what you can do; Ctrl-C ends.';
  return `You talk with ${first.name} (${model}). Commands begin with /; Ctrl-C stops an answer, and then ends.`;
}
