// Any server that speaks OpenAI's `POST /embeddings`: OpenAI itself, Ollama, vLLM, a proxy. No text of an answer enters an error: servers quote keys.
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { TroupeError } from '../errors.ts';
import { embedInBatches } from './batches.ts';
import type { Embeddings } from './driver.ts';
import { embeddingErrors } from './errors.ts';

const batchSize = 64;
const timeoutMilliseconds = 20_000;
const defaultPauseSeconds = 1;

/** The part of an answer that counts; servers add to it freely. */
const answerSchema = z.object({ data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })) });

export interface HttpEmbeddingsSettings {
  /** The address up to and without `/embeddings`, e.g. `https://api.openai.com/v1`. */
  readonly url: string;
  readonly apiKey?: string;
  readonly model: string;
  /** How many numbers the model's vectors have; an answer with another number is refused. */
  readonly dimensions: number;
  /** How long a busy server may ask us to wait before the second and last try; one that asks for more is unavailable. */
  readonly maxPauseSeconds?: number;
}

/** Batches of 64, one after the other, 20 s each, one retry on 429 and 5xx. Errors: embeddings.bad_settings, at once. */
export function createHttpEmbeddings(settings: HttpEmbeddingsSettings): Embeddings {
  const { model, dimensions, maxPauseSeconds = 10 } = settings;
  const url = addressOf(settings);
  const headers = {
    'content-type': 'application/json',
    ...(settings.apiKey !== undefined && { authorization: `Bearer ${settings.apiKey}` }),
  };
  const closing = new AbortController();

  async function embedBatch(input: string[]): Promise<Float32Array[]> {
    const body = JSON.stringify({ model, input, encoding_format: 'float' });
    let response = await post(body);
    if (isBusy(response.status)) {
      await pause(response);
      response = await post(body);
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw unavailable({ status: response.status });
    }
    return vectorsOf(await readJson(response), input.length);
  }

  async function post(body: string): Promise<Response> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMilliseconds)]);
    return await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(giveUp);
  }

  async function readJson(response: Response): Promise<unknown> {
    return await response.json().catch(giveUp);
  }

  /** What the server asks for is waited, or there is no second try: one that comes too early is one call more against the limit. */
  async function pause(response: Response): Promise<void> {
    await response.body?.cancel();
    const seconds = retryAfter(response.headers.get('retry-after')) ?? Math.min(defaultPauseSeconds, maxPauseSeconds);
    if (seconds > maxPauseSeconds) throw unavailable({ status: response.status, retryAfterSeconds: seconds });
    await wait(seconds * 1000, undefined, { signal: closing.signal }).catch(giveUp);
  }

  function vectorsOf(answer: unknown, count: number): Float32Array[] {
    const parsed = answerSchema.safeParse(answer);
    if (!parsed.success) throw unavailable({ reason: 'The answer is not one of an embedding server.' });
    const byIndex = new Map(parsed.data.data.map((row) => [row.index, row.embedding]));
    return Array.from({ length: count }, (_, index) => {
      const values = byIndex.get(index);
      if (values?.length !== dimensions)
        throw unavailable({ reason: 'wrong dimensions', expected: dimensions, got: values?.length ?? 0 });
      return unit(values);
    });
  }

  function giveUp(error: unknown): never {
    throw unavailable({ reason: reasonOf(error) });
  }

  function unavailable(details: Record<string, unknown>): TroupeError {
    return embeddingErrors.unavailable({ host: url.host, model, ...details });
  }

  return {
    model,
    dimensions,
    embed: (texts) => embedInBatches(texts, { size: batchSize, dimensions, embedBatch }),
    async close() {
      closing.abort();
    },
  };
}

function addressOf({ url: text, apiKey = 'none', model, dimensions }: HttpEmbeddingsSettings): URL {
  const url = URL.parse(`${text.replace(/\/+$/, '')}/embeddings`);
  const usable =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '';
  const inRange = Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= 16_000;
  if (!usable || !inRange || model === '' || !/^[\x21-\x7e]+$/.test(apiKey))
    throw embeddingErrors.bad_settings({ model, dimensions });
  return url;
}

const isBusy = (status: number): boolean => status === 429 || status >= 500;

/** `Retry-After` is seconds or an HTTP date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  if (length === 0 || !Number.isFinite(length)) throw embeddingErrors.unavailable({ reason: 'a vector without a direction' });
  return Float32Array.from(values, (value) => value / length);
}

/** The system's code where there is one (`ECONNREFUSED`), else the name: messages may hold what we sent. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
