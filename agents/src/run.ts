// One answer of an agent: steps, each of them a question to the model and the tools that it asks for. What has come about is kept at each
// turn, so that another process can go on with it; what a tool may do is the kernel's.
import { coreErrors, TroupeError } from '@troupe-os/core';
import { type Caller, type Kernel, mandateOf } from '@troupe-os/core/surface';
import { type AskedModel, type AskedTool, askModel, type ModelAnswer, type Prompt, type PromptMessage } from './ask-model.ts';
import { agentErrors, isPassing } from './errors.ts';
import { rememberedFor } from './memory.ts';
import { modelOf } from './model.ts';
import { type OfferedTool, offerTools } from './offer.ts';
import { promptFor, told, turn } from './prompt.ts';
import type { ClaimedRun, Ending, KeptResult, ModelLimits, RunRecord, ToolResult } from './record.ts';
import type { Run, RunEvent } from './run-parts.ts';
import { inShort, type Recalled, type Summary } from './said.ts';
import { useTools } from './use-tools.ts';

export interface RunQuestion extends Recalled {
  readonly kernel: Kernel;
  readonly conversationId: string;
  /** The agent, on behalf of the person: the rights are those of both. */
  readonly caller: Caller;
  readonly agent: { readonly agentId: string; readonly name: string; readonly instructions: string };
  /** The task at which it works. */
  readonly taskId?: string;
  /** `provider/model`, in the order in which they are asked. */
  readonly models: readonly string[];
  /** Where models' keys and addresses are read. */
  readonly env: NodeJS.ProcessEnv;
  readonly requestId: string;
  /** W3C traceparent of the message that is answered: every call in the run carries its trace. */
  readonly trace: string;
  onEvent(event: RunEvent): void;
  /** Stops the run: it ends with what was written. */
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly status: 'done' | 'stopped' | 'failed';
  /** All that was written, also where it failed. */
  readonly text: string;
  readonly error?: TroupeError;
}

/** Where a run goes on: at its beginning, or where another process has left it. */
export interface RunStart {
  readonly runId: string;
  readonly record: RunRecord;
  readonly claimed?: ClaimedRun;
  /** Leaves the run as it is, for another process. */
  readonly leave: AbortSignal;
}

/** The process that works on it ends, or does not have it any more: the run goes on elsewhere. */
export class RunLeft extends Error {}

const MOST_STEPS = 16;
const MOST_SUMMARY = 20_000;

/**
 * Answers what was said last. A failure is a result with `error`, kept in the conversation. Throws before the run has begun, and then nothing
 * is kept: workforce.model_unpriced, workforce.budget_reached, workforce.answer_running, agents.bad_model; and RunLeft.
 */
export async function work(question: RunQuestion, start: RunStart): Promise<RunResult> {
  for (const name of question.models) modelOf(name, question.env);
  const answering = await prepare(question, start);
  const { claimed } = start;
  const begun = claimed ? claimed.models : await answering.begin();
  const models = begun.map((limits) => askedModel(limits, question.env));
  try {
    const over = claimed ? await answering.goOn(claimed) : await answering.putInShort(models);
    return over ?? (await answering.answer(models));
  } catch (thrown) {
    if (start.leave.aborted || isElsewhere(thrown)) throw new RunLeft();
    // whatever this was, the run is over: nobody goes on with what would end the same
    await answering.finish({ status: 'failed', error: thrown instanceof TroupeError ? thrown : coreErrors.internal() });
    throw thrown;
  }
}

const askedModel = ({ model, mostOutputTokens }: ModelLimits, env: NodeJS.ProcessEnv): AskedModel => ({
  name: model,
  model: modelOf(model, env),
  mostOutputTokens,
});

const isElsewhere = (thrown: unknown): boolean => thrown instanceof TroupeError && thrown.code === 'workforce.run_elsewhere';

interface Finish extends Omit<Ending, 'text' | 'error'> {
  readonly error?: TroupeError;
}

async function prepare(question: RunQuestion, { runId, record, claimed, leave }: RunStart) {
  const { kernel, caller, signal, onEvent, older } = question;
  let tainted = caller.tainted || (claimed?.tainted ?? false);
  const run: Run = {
    ...question,
    signal: AbortSignal.any([signal, leave]),
    runId,
    open: new Map((await kernel.actionsFor(caller)).map((one) => [one.action.name, one])),
    tainted: () => tainted,
    taint() {
      tainted = true;
    },
  };
  const lastSaid = question.said.at(-1)?.content ?? '';
  const facts = await rememberedFor(run, lastSaid, claimed?.memories);
  const offered = offerTools(run, lastSaid);
  const tools: ReadonlyMap<string, OfferedTool> = new Map(offered.map((tool) => [tool.shown.name, tool]));
  const shown = offered.map((tool) => tool.shown);
  const shownBytes = Buffer.byteLength(JSON.stringify(shown));
  const prompt: PromptMessage[] = promptFor(question, facts);
  const requestBytes = () => shownBytes + bytesOf(prompt);
  const paragraphs: string[] = [];
  let number = claimed?.lastStep ?? 1;

  async function finish({ error, ...ending }: Finish): Promise<RunResult> {
    const text = paragraphs.join('\n\n').trim();
    await record.finish({ ...ending, text, ...(error ? { error: error.code, isPassing: isPassing(error) } : {}) }, tainted);
    return { status: ending.status, text, ...(error ? { error } : {}) };
  }

  async function begin(): Promise<readonly ModelLimits[]> {
    const { conversationId, agent, models, trace, requestId, taskId } = question;
    const personId = caller.onBehalfOf?.id ?? caller.principal.id;
    const about = { conversationId, agentId: agent.agentId, personId, models, trace, requestId, ...(taskId ? { taskId } : {}) };
    const begun = await record.start(
      {
        ...{ ...about, caller: mandateOf(caller), memories: facts.map(({ memoryId }) => memoryId) },
        ...(older ? { kind: 'summary', requestBytes: bytesOf(older.prompt) } : { requestBytes: requestBytes() }),
      },
      tainted,
    );
    tainted ||= begun.tainted;
    onEvent({ type: 'started', messageId: begun.messageId });
    return begun.models;
  }

  /** What was put in short goes before what is said word by word, in the place of what stood there before. */
  function remember(summary: string): void {
    if (summary === '') return;
    prompt.splice(1, question.hasSummary ? 1 : 0, { role: 'user', content: [{ type: 'text', text: inShort(summary) }] });
  }

  /** Has what is too long ago put in short first. Where that fails it is left out. How the run ended, where it did. */
  async function putInShort(models: readonly AskedModel[]): Promise<RunResult | undefined> {
    if (!older) return undefined;
    const refused = await refusal(question);
    if (refused) return finish({ status: 'failed', error: refused, answer: { number, answer: UNASKED } });
    const asked = { models, prompt: older.prompt, tools: [], requestBytes: bytesOf(older.prompt), signal: run.signal };
    const answer = await askModel({ ...asked, onText() {} }).catch((thrown: unknown): ModelAnswer => {
      if (!signal.aborted) throw thrown;
      return { text: '', calls: [] };
    });
    if (signal.aborted) return finish({ status: 'stopped', answer: { number, answer } });
    const text = answer.error ? '' : answer.text.trim().slice(0, MOST_SUMMARY);
    await record.keepAnswer(number, { ...answer, text }, tainted, older.upTo);
    remember(text);
    return nextStep([], text === '' ? undefined : { text, upTo: older.upTo });
  }

  /** To those who come back to a run that was taken over. */
  function say(text: string): void {
    paragraphs.push(text);
    onEvent({ type: 'text', text });
    onEvent({ type: 'text-ended' });
  }

  /** Takes up what another process has kept. How the run ended, where it cannot be paid any more. */
  async function goOn({ steps }: ClaimedRun): Promise<RunResult | undefined> {
    const refused = await refusal(question);
    if (refused) return finish({ status: 'failed', error: refused });
    for (const { kind, text, calls: kept, results, number: step, isDone } of steps) {
      if (kind === 'summary') {
        if (isDone) continue; // the conversation has it
        const { upTo } = JSON.parse(kept) as { upTo: number };
        remember(text);
        return nextStep([], text === '' ? undefined : { text, upTo });
      }
      const calls = JSON.parse(kept) as AskedTool[];
      if (text !== '') say(text);
      // of the last one nobody knows which tools were used: what has been done is answered again, by its key
      if (!isDone) return useThem(step, text, calls);
      prompt.push(...turn(text, calls, JSON.parse(results) as KeptResult[]));
    }
    return nextStep([]);
  }

  async function answer(models: readonly AskedModel[]): Promise<RunResult> {
    for (;;) {
      const refused = await refusal(question);
      if (refused) return finish({ status: 'failed', error: refused, answer: { number, answer: UNASKED } });
      const answer = numbered(await ask(models), number);
      if (signal.aborted) return finish({ status: 'stopped', answer: { number, answer } });
      const error = answer.error ?? (number >= MOST_STEPS && answer.calls.length > 0 ? agentErrors.too_many_steps() : undefined);
      if (error) return finish({ status: 'failed', error, answer: { number, answer } });
      if (answer.calls.length === 0) return finish({ status: 'done', answer: { number, answer } });
      await record.keepAnswer(number, answer, tainted);
      const over = await useThem(number, answer.text, answer.calls);
      if (over) return over;
    }
  }

  async function ask(models: readonly AskedModel[]): Promise<ModelAnswer> {
    let text = '';
    const at = paragraphs.length;
    try {
      return await askModel({
        models,
        prompt,
        tools: shown,
        requestBytes: requestBytes(),
        signal: run.signal,
        onText(more) {
          text += more;
          paragraphs[at] = text;
          onEvent({ type: 'text', text: more });
        },
      });
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      return { text, calls: [] };
    } finally {
      if (text !== '') onEvent({ type: 'text-ended' });
    }
  }

  /** Uses the tools of a step and begins the next one. How the run ended, where it did. */
  async function useThem(step: number, text: string, calls: readonly AskedTool[]): Promise<RunResult | undefined> {
    const results = await useTools(run, tools, { step, calls });
    leave.throwIfAborted();
    if (signal.aborted) return finish({ status: 'stopped', results });
    prompt.push(...turn(text, calls, results.map(told)));
    return nextStep(results);
  }

  async function nextStep(results: readonly ToolResult[], summary?: Summary): Promise<RunResult | undefined> {
    try {
      const step = { number: number + 1, results, requestBytes: requestBytes() };
      await record.beginStep({ ...step, ...(summary ? { summary } : {}) }, tainted);
      number += 1;
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof TroupeError) || isElsewhere(thrown)) throw thrown;
      return finish({ status: 'failed', error: thrown, results });
    }
  }

  return { begin, putInShort, goOn, answer, finish };
}

const bytesOf = (prompt: Prompt): number => Buffer.byteLength(JSON.stringify(prompt));

/** More tools in one step are not used. */
const MOST_CALLS = 64;

/** With ids of our own, one each: what a model's server calls them may be anything. */
const numbered = (answer: ModelAnswer, step: number): ModelAnswer => ({
  ...answer,
  calls: answer.calls.slice(0, MOST_CALLS).map((call, at) => ({ ...call, toolCallId: `call_${step}_${at}` })),
});

const UNASKED: ModelAnswer = { text: '', calls: [], tokens: { input: 0, output: 0, said: false } };

/** Why the agent may not go on: it or its person was switched off or has lost the right to talk, or the token by which they came is not good any more. */
async function refusal({ kernel, caller, requestId }: RunQuestion): Promise<TroupeError | undefined> {
  try {
    await kernel.assertOpen({ action: 'workforce.get-conversation', caller, surface: 'chat', requestId });
    await kernel.assertCredentials(caller);
    return undefined;
  } catch (error) {
    if (error instanceof TroupeError) return error;
    throw error;
  }
}
