// One answer of an agent: the model's loop over tools that are actions. The loop is Mastra's; what a tool may do is the kernel's.
import type { TroupeError } from '@troupe-os/core';
import type { Caller, Kernel } from '@troupe-os/core/surface';
import { agentErrors } from './errors.ts';
import { type Chunk, streamAnswer } from './loop.ts';
import type { Model } from './model.ts';
import { offerTools } from './offer.ts';
import type { Run, RunEvent } from './run-parts.ts';

export interface RunOptions {
  readonly kernel: Kernel;
  readonly conversation: {
    readonly id: string;
    readonly tainted: boolean;
    /** What was said, the oldest first; the last is what is to be answered. */
    readonly said: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  };
  /** The agent, on behalf of the person: the rights are those of both. */
  readonly caller: Caller;
  readonly agent: { readonly name: string; readonly instructions: string };
  readonly model: Model;
  readonly requestId: string;
  /** W3C traceparent of the message that is answered: every call in the run carries its trace. */
  readonly trace: string;
  onEvent(event: RunEvent): void | Promise<void>;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly status: 'done' | 'stopped' | 'failed';
  /** All that was written, also where it failed. */
  readonly text: string;
  readonly error?: TroupeError;
}

/** Answers what was said last. A model's failure is a result with `error`, not a throw. Errors: those of `onEvent`. */
export async function runAgent(options: RunOptions): Promise<RunResult> {
  const { kernel, conversation, caller, agent, model, signal, onEvent } = options;
  let tainted = conversation.tainted || caller.tainted;
  const open = await kernel.actionsFor(caller);
  const run: Run = {
    ...options,
    runId: crypto.randomUUID(),
    open: new Map(open.map((one) => [one.action.name, one])),
    tainted: () => tainted,
    taint() {
      tainted = true;
    },
  };
  const chunks = streamAnswer({
    name: agent.name,
    instructions: instructionsFor(options),
    model,
    said: conversation.said,
    tools: offerTools(run, conversation.said.at(-1)?.content ?? ''),
    signal,
  });
  return collect(chunks, signal, onEvent);
}

function instructionsFor({ agent, caller }: RunOptions): string {
  const person = caller.onBehalfOf?.name;
  return [
    agent.instructions,
    `Your name is ${agent.name}.${person ? ` You speak with ${person} and act for them.` : ''} Today is ${new Date().toISOString().slice(0, 10)}.`,
    'Sums are whole numbers of minor units beside their unit: "1250" in EUR is 12.50.',
  ].join('\n');
}

async function collect(chunks: AsyncIterable<Chunk>, signal: AbortSignal, onEvent: RunOptions['onEvent']): Promise<RunResult> {
  const paragraphs: string[] = [];
  const written = () => paragraphs.join('\n\n').trim();
  let paragraph = '';
  let ended: Chunk | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'text') {
      paragraph += chunk.text;
      paragraphs[Math.max(0, paragraphs.length - 1)] = paragraph;
      await onEvent(chunk);
    } else if (chunk.type === 'text-ended') {
      if (paragraph !== '') paragraphs.push('');
      paragraph = '';
      await onEvent(chunk);
    } else ended ??= chunk;
  }
  if (signal.aborted) return { status: 'stopped', text: written() };
  if (ended?.type === 'failed') return { status: 'failed', text: written(), error: ended.error };
  if (ended?.type !== 'done') return { status: 'failed', text: written(), error: agentErrors.cut_off() };
  return { status: 'done', text: written() };
}
