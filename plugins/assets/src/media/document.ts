import { decoderReason, mediaErrors } from './errors.ts';
import { runInWorker } from './worker.ts';

export interface DocumentFacts {
  readonly pages: number;
  readonly title?: string;
  readonly author?: string;
  /** Its first 20,000 characters. A scanned document has none. */
  readonly text: string;
}

export const MAX_TEXT = 20_000;

/** Reads a PDF in a worker thread, at most two minutes long. Errors: unreadable_document, and the signal's reason when it fires. */
export async function readDocument(path: string, signal?: AbortSignal): Promise<DocumentFacts> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    return await runInWorker<DocumentFacts>(WORKER, { path }, signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (cause) {
    signal?.throwIfAborted();
    throw mediaErrors.unreadable_document({ reason: decoderReason(cause, path) }, cause);
  }
}

const WORKER = new URL('./document-worker.ts', import.meta.url);
const LIMIT_MS = 120_000;
