// Text to vectors. The embedded default runs in a worker thread; the other speaks to any OpenAI-compatible address.

export interface Embeddings {
  /** Stored beside every vector, so that vectors of different models never meet. */
  readonly model: string;
  readonly dimensions: number;
  /**
   * One unit vector a text, in order. A text without a visible character gives a vector of zeros: nothing is near it.
   * Errors: TroupeError `embeddings.unavailable`.
   */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /** Ends what runs; whoever still waits, and every later call, gets `embeddings.unavailable`. */
  close(): Promise<void>;
}
