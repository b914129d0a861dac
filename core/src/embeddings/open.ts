// The one place that knows which drivers there are.
import type { Embeddings } from './driver.ts';
import { createEmbeddedEmbeddings } from './embedded.ts';
import { createHttpEmbeddings, type HttpEmbeddingsSettings } from './http.ts';

export type EmbeddingsSettings = { readonly kind: 'embedded' } | ({ readonly kind: 'http' } & HttpEmbeddingsSettings);

/** Nothing is loaded or asked before the first text. Errors: embeddings.bad_settings. */
export function openEmbeddings(settings: EmbeddingsSettings): Embeddings {
  return settings.kind === 'embedded' ? createEmbeddedEmbeddings() : createHttpEmbeddings(settings);
}
