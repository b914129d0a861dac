// Column types that drizzle lacks.
import { customType } from 'drizzle-orm/pg-core';

/** pgvector without a fixed length: vectors of several models stand in one table. */
export const anyVector = customType<{ data: Float32Array; driverData: string }>({
  dataType: () => 'vector',
  toDriver: vectorText,
  fromDriver: (text) => Float32Array.from(JSON.parse(text)),
});

export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** As pgvector reads it: `[0.1,0.2]`. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
