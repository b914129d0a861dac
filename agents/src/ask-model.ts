// One question to a model, streamed. Mastra's router finds the model and speaks its form (docs/decisions/0017). It is loaded with the first
// question: it is large, and a house without a model never needs it.
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelRouterLanguageModel } from '@mastra/core/llm';
import { TroupeError } from '@troupe-os/core';
import { agentErrors } from './errors.ts';
import type { Model } from './model.ts';

type Options = Parameters<ModelRouterLanguageModel['doStream']>[0];
export type Prompt = Options['prompt'];
export type PromptMessage = Prompt[number];

/** A tool as the model is shown it. The kernel decides what an input is, after the gate: nothing is checked by the schema here. */
export interface ShownTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface AskedModel {
  readonly name: string;
  readonly model: Model;
  readonly mostOutputTokens: number;
}

export interface ModelQuestion {
  /** Those after the first are asked where the ones before refuse, or are not there. */
  readonly models: readonly AskedModel[];
  readonly prompt: Prompt;
  readonly tools: readonly ShownTool[];
  readonly requestBytes: number;
  readonly signal: AbortSignal;
  onText(text: string): void;
}

/** A tool that the model asks for; its input as the model wrote it, which should be JSON. */
export interface AskedTool {
  readonly toolCallId: string;
  readonly tool: string;
  readonly input: string;
}

export interface Tokens {
  readonly input: number;
  readonly output: number;
  /** By the model's server; else they are the most that it can have been. */
  readonly said: boolean;
}

export interface ModelAnswer {
  /** That answered; undefined: none did. */
  readonly model?: string;
  readonly text: string;
  readonly calls: readonly AskedTool[];
  /** Undefined: nobody knows what was used, as the answer did not come to its end. */
  readonly tokens?: Tokens;
  readonly error?: TroupeError;
}

const RETRIES = 2;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A model that says nothing for so long has gone. */
const SILENT_MS = 180_000;
/** An answer that is longer than its model was let write is none. */
const MOST_BYTES_OF_TOKEN = 64;
const SPARE_BYTES = 65_536;

/** What came of it; a model's failure is a result with `error`. Errors: the reason of `signal`. */
export async function askModel(question: ModelQuestion): Promise<ModelAnswer> {
  let last: ModelAnswer = { text: '', calls: [], tokens: NONE, error: agentErrors.model_failed() };
  for (const asked of question.models) {
    for (let tries = 0; tries <= RETRIES; tries += 1) {
      const { answer, retryAfterMs, isFree } = await attempt(question, asked);
      last = answer;
      // what may have cost something is not tried again on the same reservation
      if (!answer.error || !isFree) return answer;
      if (retryAfterMs === undefined) break;
      const pause = Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs, FIRST_WAIT_MS * 2 ** tries));
      if (tries < RETRIES) await wait(pause, undefined, { signal: question.signal });
    }
  }
  return last;
}

const NONE: Tokens = { input: 0, output: 0, said: false };

interface Attempt {
  readonly answer: ModelAnswer;
  /** Its server has refused it or never heard it: nothing was said, and nothing is to be paid. */
  readonly isFree: boolean;
  /** It is worth another try, after so long. */
  readonly retryAfterMs?: number;
}

async function attempt(question: ModelQuestion, { name, model, mostOutputTokens }: AskedModel): Promise<Attempt> {
  const { prompt, tools, signal, requestBytes } = question;
  const calls: AskedTool[] = [];
  let [text, bytes, hasBegun] = ['', 0, false];
  let ended: { reason: string; tokens: Tokens } | undefined;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(agentErrors.cut_off({ reason: 'silence' })), SILENT_MS);
  try {
    const { ModelRouterLanguageModel } = await loadRouter();
    const router = new ModelRouterLanguageModel(model as `${string}/${string}`); // any provider/model: the router's list of known names is not ours
    const { stream } = await router.doStream({
      prompt,
      tools: tools.map((tool) => ({ type: 'function', ...tool }) as const),
      maxOutputTokens: mostOutputTokens,
      abortSignal: AbortSignal.any([signal, silence.signal]),
    });
    hasBegun = true;
    for await (const part of stream) {
      timer.refresh();
      bytes += bytesOf(part);
      if (bytes > mostOutputTokens * MOST_BYTES_OF_TOKEN + SPARE_BYTES) throw agentErrors.cut_off({ reason: 'it does not end' });
      if (part.type === 'text-delta') {
        text += part.delta;
        question.onText(part.delta);
      } else if (part.type === 'tool-call') calls.push({ toolCallId: part.toolCallId, tool: part.toolName, input: part.input });
      else if (part.type === 'error') throw part.error;
      else if (part.type === 'finish') {
        ended = { reason: reasonOf(part.finishReason), tokens: tokensOf(part.usage, { input: requestBytes, output: bytes }) };
      }
    }
    if (!ended || ended.reason === 'error') throw agentErrors.cut_off();
    if (ended.reason === 'content-filter') throw agentErrors.model_failed({ reason: 'it says nothing about this' });
    const isCut = ended.reason === 'length' && calls.length === 0;
    const answer = { model: name, text, calls, tokens: ended.tokens };
    return { isFree: false, answer: isCut ? { ...answer, error: agentErrors.too_long({ mostOutputTokens }) } : answer };
  } catch (thrown) {
    signal.throwIfAborted();
    const cause = silence.signal.aborted ? silence.signal.reason : thrown;
    const error = modelError(cause);
    // what its server has refused, or never heard, costs nothing
    const isFree = !hasBegun && !silence.signal.aborted;
    const failed = { model: name, text, calls: [], error, ...(isFree ? { tokens: NONE } : {}) };
    const retryAfterMs = error.code === agentErrors.model_unset.code ? undefined : retryAfterOf(cause);
    return { answer: failed, isFree, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } finally {
    clearTimeout(timer);
  }
}

let router: Promise<typeof import('@mastra/core/llm')> | undefined;

function loadRouter() {
  // read while it loads: it neither reports its use nor asks the network for lists of models
  process.env.MASTRA_TELEMETRY_DISABLED = '1';
  process.env.MASTRA_OFFLINE = '1';
  router ??= import('@mastra/core/llm');
  return router;
}

/** Providers' packages of several generations stand behind the router: a reason is a word, or an object with one. */
function reasonOf(reason: unknown): string {
  return typeof reason === 'object' && reason !== null ? String((reason as { unified?: unknown }).unified) : String(reason);
}

/** The text of a part of the stream: words, thoughts, and what a tool is given. */
function bytesOf(part: { readonly type: string; readonly delta?: unknown; readonly input?: unknown }): number {
  const text = part.type === 'tool-call' ? part.input : part.type === 'tool-input-delta' ? undefined : part.delta;
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}

/** A number, or an object with a `total`. A server that says nothing, or nought for what it has read or written, is not believed. */
function tokensOf(usage: unknown, most: { readonly input: number; readonly output: number }): Tokens {
  const { inputTokens, outputTokens } = (usage ?? {}) as { inputTokens?: unknown; outputTokens?: unknown };
  const [input, output] = [countOf(inputTokens), countOf(outputTokens)];
  const isBelieved = input && output !== undefined && (output > 0 || most.output === 0);
  return isBelieved ? { input, output, said: true } : { ...most, said: false };
}

function countOf(count: unknown): number | undefined {
  const value = typeof count === 'object' && count !== null ? (count as { total?: unknown }).total : count;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
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
  const unset = unsetBy(cause);
  if (unset) return agentErrors.model_unset({ reason: unset }, cause);
  const status = statusOf(cause);
  const code = (cause as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  const reason = status === undefined ? (typeof code === 'string' ? code : undefined) : REASONS[status];
  const details = { ...(reason ? { reason } : {}), ...(status ? { status } : {}) };
  return status === 429 ? agentErrors.model_limited(details, cause) : agentErrors.model_failed(details, cause);
}

/** What the router has not found in the environment: it says so in words alone, before anybody is asked. */
function unsetBy(cause: unknown): string | undefined {
  const said = cause instanceof Error ? cause.message : '';
  const [, variable] = /^Could not find API key process\.env\.([A-Z0-9_]+(?: or [A-Z0-9_]+)*)/.exec(said) ?? [];
  if (variable) return `set ${variable}`;
  return said.startsWith('Could not find config for provider') ? 'nobody knows this provider: set TROUPE_MODEL_URL' : undefined;
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** Undefined: another try would end the same. A server that is busy, or not there just now, may be there in a moment. */
function retryAfterOf(cause: unknown): number | undefined {
  const status = statusOf(cause);
  const isWorthIt = status === undefined ? !(cause instanceof TroupeError) : status === 408 || status === 429 || status >= 500;
  if (!isWorthIt) return undefined;
  const headers = (cause as { responseHeaders?: Record<string, string> } | undefined)?.responseHeaders;
  const seconds = Number(headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
