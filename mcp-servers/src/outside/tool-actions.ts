// A confirmed tool as an action: what reads is asked in `prepare`, what changes something is kept and sent by a job.
import { type AnyAction, defineAction, defineJob, type Job, TroupeError } from '@troupe-os/core';
import {
  callOutcome,
  MOST_ANSWER,
  type OutsideAnswer,
  type OutsideFailure,
  outsideErrors,
  outsidePort,
} from '@troupe-os/plugin-outside/contract';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { inputSchemaOf } from './input-schema.ts';
import type { PinnedTool } from './lock.ts';
import type { ToolRule } from './options.ts';

/** A tool that can be used, with what it is here. */
export interface UsableTool {
  readonly pinned: PinnedTool;
  readonly rule: ToolRule;
  readonly verb: string;
  readonly input: z.ZodObject;
}

export interface ServerParts {
  readonly id: string;
  readonly connection: Connection;
  readonly timeoutMs: number;
}

const MOST_INPUT = 100_000;
/** Models read it whenever they choose among tools. */
const MOST_DESCRIPTION = 4_000;
/** So many jobs of one server send at once in a process: one that hangs leaves the others half of the workers for what is outside. */
const MOST_SENDING = 4;
/** What a call needs beside the one request that its time is for: to connect and to look at the definition. */
const BEFORE_MS = 25_000;

const readOutput = z.strictObject({
  state: z.enum(['done', 'refused']).describe('Whether the server did it, or says why not.'),
  text: z.string().max(MOST_ANSWER).describe('What the server answered: words from outside.'),
  isCut: z.boolean().describe('The answer was longer than what is given of it.'),
});

/** The verb-noun of a tool: `getForecast` and `get_forecast` are `get-forecast`. */
export const verbOf = (name: string, { action }: ToolRule): string =>
  action ??
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Throws an Error that says why it cannot be used. */
export function usable(pinned: PinnedTool, rule: ToolRule = {}): UsableTool {
  const verb = verbOf(pinned.definition.name, rule);
  if (!/^[a-z]+(-[a-z0-9]+)*$/.test(verb)) throw new Error(`"${verb}" is no name for an action: say another one as its "action"`);
  return { pinned, rule, verb, input: inputSchemaOf(pinned.definition.inputSchema) };
}

export const permissionOf = (id: string, { verb }: UsableTool): string => `${id}.${verb}.use`;

export function toolAction(parts: ServerParts, tool: UsableTool, jobs: ToolJobs): AnyAction {
  const { id, connection, timeoutMs } = parts;
  const { pinned, rule, verb, input } = tool;
  const { name, title, description, annotations } = pinned.definition;
  const said = typeof annotations?.title === 'string' ? annotations.title : undefined;
  const shared = {
    name: `${id}.${verb}` as const,
    title: title || said || name,
    description: `${(description ?? 'The server does not say what it does.').slice(0, MOST_DESCRIPTION)} (The tool ${name} of the outside server ${id}.)`,
    risk: rule.risk ?? 'high',
    permission: permissionOf(id, tool),
    input,
    untrustedOutput: true,
    timeoutMs: timeoutMs + BEFORE_MS,
  } as const;
  if (rule.effect === 'read')
    return defineAction({
      ...shared,
      effect: 'read',
      output: readOutput,
      async prepare({ settings, signal, log }, asked) {
        assertNotTooLarge(asked);
        return connection.call({ said: settings, signal, log }, pinned, asked);
      },
      handler: async (_ctx, _asked, answer: OutsideAnswer) => answer,
    });
  const { consequential = true, isRepeatable = false } = rule;
  return defineAction({
    ...shared,
    effect: 'write',
    consequential,
    output: callOutcome,
    outcome: { action: 'outside.get-call', input: ({ callId }) => ({ callId }) },
    async prepare({ settings, signal, log }, asked) {
      assertNotTooLarge(asked);
      await connection.verify({ said: settings, signal, log }, pinned);
    },
    async handler(ctx, asked) {
      const kept = await ctx.use(outsidePort).keep({ action: shared.name });
      const sending = { callId: kept.callId, tool: name, input: JSON.stringify(asked) };
      await ctx.enqueue(isRepeatable ? jobs.repeatable : jobs.once, sending);
      return kept;
    },
  });
}

function assertNotTooLarge(input: unknown): void {
  if (JSON.stringify(input).length > MOST_INPUT) throw outsideErrors.input_too_large({ mostCharacters: MOST_INPUT });
}

const sendingInput = z.strictObject({ callId: z.uuid(), tool: z.string(), input: z.string() });

export interface ToolJobs {
  readonly once: Job<typeof sendingInput>;
  readonly repeatable: Job<typeof sendingInput>;
}

/** One that never sends anything twice, also where its process was killed; and one that sends again until it is answered. */
export function toolJobs({ id, connection }: ServerParts, pinned: ReadonlyMap<string, PinnedTool>): ToolJobs {
  let sending = 0;
  const job = (name: string, isRepeatable: boolean) =>
    defineJob({
      name: `${id}.${name}`,
      input: sendingInput,
      runsAs: 'caller',
      waitsOutside: true,
      untrustedInput: ['outside.calls'],
      ...(isRepeatable ? {} : { retries: 0 }),
      steps: [
        { name: 'begin', handler: (ctx, { callId }) => ctx.use(outsidePort).begin(callId) },
        {
          name: 'send',
          async prepare({ settings, signal, log }, { tool, input }): Promise<OutsideAnswer | OutsideFailure> {
            let isSent = false;
            sending += 1;
            try {
              if (sending > MOST_SENDING) throw outsideErrors.busy({ server: id });
              const known = pinned.get(tool);
              if (!known) throw outsideErrors.tool_gone({ server: id, tool });
              return await connection.call({ said: settings, signal, log }, known, JSON.parse(input), () => {
                isSent = true;
              });
            } catch (error) {
              return failureOf(error, { isSent, isRepeatable });
            } finally {
              sending -= 1;
            }
          },
          handler: (ctx, { callId }, result: OutsideAnswer | OutsideFailure) => ctx.use(outsidePort).end(callId, result),
        },
      ],
      onDead: (ctx, { callId }, { code, message }) => ctx.use(outsidePort).giveUp(callId, { code, message }),
    });
  return { once: job('send-once', false), repeatable: job('send-again', true) };
}

/** Throws what another try may make better. */
function failureOf(error: unknown, { isSent, isRepeatable }: { isSent: boolean; isRepeatable: boolean }): OutsideFailure {
  if (!(error instanceof TroupeError)) throw error;
  if (isRepeatable && error.kind === 'unavailable') throw error;
  const { code, message } = isSent && error.code !== outsideErrors.asks_back.code ? outsideErrors.outcome_unknown : error;
  return { state: isSent ? 'unknown' : 'failed', error: { code, message } };
}
