// The model's loop, streamed. Mastra is loaded with the first answer: it is large, and a house without a model never needs it.
import { TroupeError } from '@troupe-os/core';
import { agentErrors } from './errors.ts';
import type { Model } from './model.ts';
import type { OfferedTool } from './offer.ts';

export type Chunk =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'text-ended' }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: TroupeError };

interface Question {
  readonly name: string;
  readonly instructions: string;
  readonly model: Model;
  readonly said: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  readonly tools: readonly OfferedTool[];
  readonly signal: AbortSignal;
}

const MOST_STEPS = 16;
const RETRIES = 2;

/** The answer as it comes; it ends with `done`, `failed`, or neither when it was stopped or cut off. */
export async function* streamAnswer({ name, instructions, model, said, tools, signal }: Question): AsyncGenerator<Chunk> {
  const { Agent, createTool, noopLogger } = await loadMastra();
  let broken: unknown;
  const agent = new Agent({
    id: 'troupe',
    name,
    instructions,
    model: model as `${string}/${string}`, // any provider/model: the loop's list of known names is not ours
    maxRetries: RETRIES,
    tools: Object.fromEntries(
      tools.map((tool) => [
        tool.name,
        createTool({
          id: tool.name,
          description: tool.description,
          inputSchema: wireOnly(tool.inputSchema),
          async execute(args, context) {
            try {
              return await tool.run(args, context?.agent?.toolCallId ?? crypto.randomUUID());
            } catch (error) {
              broken ??= error; // the loop would tell the model and go on
              throw error;
            }
          },
        }),
      ]),
    ),
  });
  agent.__registerPrimitives({ logger: noopLogger });
  try {
    const stream = await agent.stream(
      said.map(({ role, content }) => (role === 'user' ? { role, content } : { role, content })), // two types, so two literals
      { maxSteps: MOST_STEPS, toolCallConcurrency: 1, abortSignal: signal, modelSettings: { maxRetries: RETRIES } },
    );
    for await (const chunk of stream.fullStream) {
      if (signal.aborted) return;
      if (broken !== undefined) throw broken;
      if (chunk.type === 'text-delta') yield { type: 'text', text: chunk.payload.text };
      else if (chunk.type === 'text-end') yield { type: 'text-ended' };
      else if (chunk.type === 'error') yield { type: 'failed', error: modelError(chunk.payload.error) };
      else if (chunk.type === 'finish') yield* ending(chunk.payload.stepResult.reason);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error === broken) throw error;
    yield { type: 'failed', error: modelError(error) };
  }
}

function* ending(reason: string): Generator<Chunk> {
  if (reason === 'stop' || reason === 'length') yield { type: 'done' };
  else if (reason === 'tool-calls') yield { type: 'failed', error: agentErrors.too_many_steps() };
  else if (reason !== 'abort') yield { type: 'failed', error: agentErrors.cut_off({ reason }) };
}

async function loadMastra() {
  // read while it loads: it neither reports its use nor asks the network for lists of models
  process.env.MASTRA_TELEMETRY_DISABLED = '1';
  process.env.MASTRA_OFFLINE = '1';
  const [{ Agent }, { createTool }, { noopLogger }] = await Promise.all([
    import('@mastra/core/agent'),
    import('@mastra/core/tools'),
    import('@mastra/core/logger'),
  ]);
  return { Agent, createTool, noopLogger };
}

/** Shows the model a schema and checks nothing by it: the kernel decides what an input is, after the gate (https://standardschema.dev). */
function wireOnly(schema: Readonly<Record<string, unknown>>) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'troupe',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
    },
  };
}

/** What an HTTP status of a model's server means to whoever asked. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'it does not take this request; what was said may be too long for it',
  401: 'its key is missing or wrong',
  402: 'its account has to be paid',
  403: 'its key may not use this model',
  404: 'there is no such model at its address',
  413: 'what was said is too long for it',
};

/** What went wrong between us and the model, as far as a person can use it. No text of its server is in it: servers quote keys. */
function modelError(cause: unknown): TroupeError {
  if (cause instanceof TroupeError) return cause;
  const { statusCode: status, cause: below } = (cause ?? {}) as { statusCode?: number; cause?: { code?: unknown } };
  const code = typeof below?.code === 'string' ? below.code : undefined;
  const reason = status === undefined ? code : REASONS[status];
  const details = { ...(reason ? { reason } : {}), ...(status ? { status } : {}) };
  return status === 429 ? agentErrors.model_limited(details, cause) : agentErrors.model_failed(details, cause);
}
