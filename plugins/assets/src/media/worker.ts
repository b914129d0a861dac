// Work that would block the event loop, or that a hostile file could drag on for ever, runs in a thread of its own for each
// file: it can be ended at any time, and a decoder that a broken file has upset is gone with it.

import { parentPort, Worker, workerData } from 'node:worker_threads';

type Answer = { readonly value: unknown } | { readonly failure: string };

/**
 * Runs a module that calls `serveWorker` and returns its answer. Rejects with the reader's words as an Error, or with the signal's
 * reason once that has fired; the thread is gone in every case.
 */
export async function runInWorker<T>(module: URL, input: unknown, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  // stderr is captured and dropped: decoders print a line there for each broken frame
  const worker = new Worker(module, { workerData: input, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 512 } });
  worker.stderr.resume();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('The worker ended without an answer.')));
  worker.once('message', (answer: Answer) => {
    if ('failure' in answer) reject(new Error(answer.failure));
    // the caller names the type that its own worker module answers with
    else resolve(answer.value as T);
  });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

/** The other side: called once by a worker's module with the function that reads one file. */
export async function serveWorker<I>(read: (input: I) => Promise<unknown>): Promise<void> {
  process.report.excludeEnv = true; // each thread says for itself that a report of Node's holds none of the settings
  // runInWorker passes what this module's own caller typed
  const answer: Answer = await read(workerData as I).then(
    (value) => ({ value }),
    // a parser's own error classes do not survive the way between threads; their words do
    (failure: unknown) => ({ failure: failure instanceof Error ? failure.message : String(failure) }),
  );
  parentPort?.postMessage(answer);
}
