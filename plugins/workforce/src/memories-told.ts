// Which memories the agent was told before an answer, for whoever reads it.
import type { Context } from '@troupe-os/core';
import { and, inArray, sql } from 'drizzle-orm';
import { memoriesOf } from './memories.ts';
import { type messages, runs } from './schema.ts';

export interface MemoriesTold {
  readonly memories: { memoryId: string; text?: string }[];
}

/** By the id of the answer. What is deleted, or is not for whoever reads, has no text. */
export async function memoriesTold(
  ctx: Context,
  read: readonly Pick<typeof messages.$inferSelect, 'id' | 'authorKind'>[],
): Promise<ReadonlyMap<string, MemoriesTold>> {
  const answers = read.filter(({ authorKind }) => authorKind === 'agent').map(({ id }) => id);
  if (answers.length === 0) return new Map();
  const told = await ctx.db
    .select({ messageId: runs.messageId, memories: runs.memories })
    .from(runs)
    .where(and(inArray(runs.messageId, answers), sql`cardinality(${runs.memories}) > 0`));
  const texts = new Map(
    (
      await memoriesOf(
        ctx,
        told.flatMap(({ memories }) => memories),
      )
    ).map(({ id, text }) => [id, text]),
  );
  const withText = (memoryId: string) => {
    const text = texts.get(memoryId);
    return { memoryId, ...(text === undefined ? {} : { text }) };
  };
  return new Map(told.map(({ messageId, memories }) => [messageId, { memories: memories.map(withText) }]));
}
