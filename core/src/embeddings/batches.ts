// What both drivers do around their model: texts that say nothing are left out, the others go in batches, in order.

/** Answers one vector a text; `embedBatch` never sees an empty text or more than `size` of them. */
export async function embedInBatches(
  texts: readonly string[],
  options: { size: number; dimensions: number; embedBatch: (batch: string[]) => Promise<Float32Array[]> },
): Promise<Float32Array[]> {
  const spoken = texts.filter(isSpoken);
  const vectors: Float32Array[] = [];
  for (let first = 0; first < spoken.length; first += options.size) {
    vectors.push(...(await options.embedBatch(spoken.slice(first, first + options.size))));
  }
  const next = vectors.values();
  return texts.map((text) => (isSpoken(text) ? (next.next().value ?? zeros()) : zeros()));

  function zeros(): Float32Array {
    return new Float32Array(options.dimensions);
  }
}

const isSpoken = (text: string): boolean => text.trim() !== '';
