import type { Tools } from '../context.ts';
import { vectorText } from './columns.ts';

/** The meaning of a text, beside the model that made it: vectors of different models never meet. */
export interface Embedding {
  readonly model: string;
  readonly dimensions: number;
  /** As pgvector reads it. */
  readonly vector: string;
}

/** Embeds one text with the model of this installation. Errors: embeddings.unavailable. */
export async function embedText({ embeddings }: Pick<Tools, 'embeddings'>, text: string): Promise<Embedding> {
  const [vector] = await embeddings.embed([text]);
  return {
    model: embeddings.model,
    dimensions: embeddings.dimensions,
    vector: vectorText(vector ?? new Float32Array(embeddings.dimensions)),
  };
}
