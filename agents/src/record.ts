// The books of a run, as actions of workforce. They are nobody's but the house's own: no model, no app and no person can write in them.
import { coreErrors, TroupeError } from '@troupe-os/core';
import { type Caller, describeForLog, type Kernel, service } from '@troupe-os/core/surface';
import type { ModelAnswer, Tokens } from './ask-model.ts';
import type { ToolOutcome } from './run-parts.ts';
import type { Summary } from './said.ts';

export interface ModelLimits {
  readonly model: string;
  readonly contextTokens: number;
  readonly mostOutputTokens: number;
}

export interface KeptStep {
  readonly number: number;
  readonly kind: 'answer' | 'summary';
  readonly isDone: boolean;
  readonly text: string;
  /** JSON, as `calls` and `results` of what was kept. */
  readonly calls: string;
  readonly results: string;
}

/** A run whose process has ended, as it is handed to another. */
export interface ClaimedRun {
  readonly runId: string;
  readonly taskId?: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence: number;
  readonly agentId: string;
  readonly personId: string;
  readonly personName: string;
  readonly surface: string;
  readonly place?: string;
  readonly caller: string;
  readonly tainted: boolean;
  readonly trace: string;
  readonly requestId: string;
  /** Ids of what was remembered and told to the agent. */
  readonly memories: readonly string[];
  readonly createdAt: string;
  readonly lastStep: number;
  readonly takeovers: number;
  readonly models: readonly ModelLimits[];
  readonly steps: readonly KeptStep[];
}

/** What a tool of a step answered, as it is kept. */
export interface KeptResult {
  readonly toolCallId: string;
  /** JSON. */
  readonly told: string;
}

interface NewRun {
  readonly conversationId: string;
  readonly agentId: string;
  readonly personId: string;
  readonly caller: string;
  readonly models: readonly string[];
  readonly trace: string;
  readonly requestId: string;
  readonly taskId?: string;
  readonly memories: readonly string[];
  readonly kind?: 'summary';
  readonly requestBytes: number;
}

interface NewStep {
  readonly number: number;
  readonly results: readonly ToolResult[];
  readonly summary?: Summary;
  readonly requestBytes: number;
}

export interface Ending {
  readonly status: 'done' | 'stopped' | 'failed';
  readonly error?: string;
  /** It may end better at another try. */
  readonly isPassing?: boolean;
  readonly text: string;
  readonly answer?: { readonly number: number; readonly answer: ModelAnswer };
  readonly results?: readonly ToolResult[];
}

export interface ToolResult {
  readonly toolCallId: string;
  readonly outcome: ToolOutcome;
}

const MOST_TEXT = 100_000;
const MOST_ANSWER = 200_000;
const SUMMARY_LENGTH = 500;

/** The books of one run. Errors: those of the actions; workforce.run_elsewhere says that another process has it now. */
export function recordOf(
  kernel: Kernel,
  { runId, runner, trace, requestId }: { runId: string; runner: string; trace: string; requestId: string },
) {
  const act = async <T>(action: string, input: object, tainted: boolean): Promise<T> => {
    const caller: Caller = { principal: service('workforce'), tainted };
    const call = { action: `workforce.${action}`, input: { runId, runner, ...input }, caller, surface: 'chat', requestId, trace };
    return (await kernel.execute(call)).output as T; // the action's schema has made it
  };
  return {
    start: (run: NewRun, tainted: boolean) =>
      act<{ messageId: string; sequence: number; tainted: boolean; models: ModelLimits[] }>('start-run', run, tainted),
    /** `upTo`: it is a summary of the messages up to this number. */
    keepAnswer(number: number, answer: ModelAnswer, tainted: boolean, upTo?: number) {
      const isSummary = upTo === undefined ? {} : { calls: JSON.stringify({ upTo }) };
      return act('keep-answer', { ...keptAnswer(number, answer), ...isSummary }, tainted);
    },
    beginStep({ results, summary, ...step }: NewStep, tainted: boolean) {
      const kept = summary ? { summary: { ...summary, text: clipped(summary.text, MOST_TEXT) } } : {};
      return act('begin-step', { ...step, results: results.map(keptResult), ...kept }, tainted);
    },
    async finish({ text, answer, results = [], ...ending }: Ending, tainted: boolean) {
      const kept = {
        ...ending,
        text: clipped(text, MOST_TEXT),
        ...(answer ? { answer: keptAnswer(answer.number, answer.answer) } : {}),
        results: results.map(keptResult),
      };
      await act('finish-run', kept, tainted).catch((error: unknown) => {
        // whatever of it cannot be kept: that the run is over can
        if (!(error instanceof TroupeError && error.code === coreErrors.invalid_input.code)) throw error;
        kernel.log.error('what a run came to could not be kept', { runId, requestId, error: describeForLog(error) });
        return act('finish-run', { status: 'failed', error: error.code, text: '' }, tainted);
      });
    },
    claim: (from: string) => act<ClaimedRun>('claim-run', { from }, false),
  };
}

export type RunRecord = ReturnType<typeof recordOf>;

/** The runs that are not over, by the process that works on each. */
export async function openRuns(kernel: Kernel, requestId: string): Promise<{ runId: string; runner: string }[]> {
  const caller: Caller = { principal: service('workforce'), tainted: false };
  const { output } = await kernel.execute({ action: 'workforce.list-open-runs', input: {}, caller, surface: 'chat', requestId });
  return (output as { items: { runId: string; runner: string }[] }).items;
}

function keptAnswer(number: number, { model, tokens, text, calls }: ModelAnswer): object {
  const known: { model?: string; tokens?: Tokens } = { ...(model ? { model } : {}), ...(tokens ? { tokens } : {}) };
  return { number, ...known, text: clipped(text, MOST_ANSWER), calls: JSON.stringify(calls) };
}

function keptResult({ toolCallId, outcome: { told, action } }: ToolResult): object {
  const kept = { toolCallId, told: clipped(JSON.stringify(told) ?? 'null', MOST_ANSWER), taints: action?.taints ?? false };
  if (!action) return { ...kept, outcome: 'succeeded', text: '' };
  const { call, callId, output, error } = action;
  return {
    ...kept,
    action: clipped(call.action, 200),
    input: clipped(JSON.stringify(call.input) ?? 'null', MOST_TEXT),
    ...(callId ? { callId } : {}),
    outcome: error ? 'failed' : 'succeeded',
    ...(error ? { error: error.code, ...approvalOf(error) } : {}),
    text: error
      ? clipped(`${error.message} (${error.code})`, MOST_TEXT)
      : clipped(JSON.stringify(output) ?? 'done', SUMMARY_LENGTH),
  };
}

/** The approval that the call waits for. */
export function approvalOf({ details }: { readonly details?: unknown }): { approvalId?: string } {
  const { approvalId } = (details ?? {}) as { approvalId?: unknown };
  return typeof approvalId === 'string' ? { approvalId } : {};
}

/** Of characters that the database takes: none is half of a pair, none is U+0000. */
function clipped(text: string, most: number): string {
  const short = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  return short.toWellFormed().replaceAll('\0', '�');
}
