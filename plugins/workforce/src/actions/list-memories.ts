import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { memoryColumns, visibleTo } from '../memories.ts';
import { memoryRecord, memoryScope, toMemory } from '../memory-shapes.ts';
import { standingOf, USE_MEMORY } from '../memory-standing.ts';
import { memories } from '../schema.ts';

const latestFirst = keyset('workforce.list-memories', { descending: [memories.createdAt, memories.id] });

export const listMemories = defineAction({
  name: 'workforce.list-memories',
  title: 'Memories',
  description: 'Lists what was kept for later, of what you may see, the latest first.',
  effect: 'read',
  risk: 'low',
  private: true,
  permission: USE_MEMORY,
  entries: { id: 'memoryId', inputs: ['memoryId'], names: [], about: ['text'] },
  input: z.strictObject({
    scope: memoryScope.optional(),
    scopeId: z.string().min(1).max(100).optional().describe('The id of an agent, a department or a brand.'),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(memoryRecord), nextCursor: z.string().optional() }),
  async handler(ctx, { scope, scopeId, limit, cursor }) {
    const rows = await ctx.db
      .select(memoryColumns)
      .from(memories)
      .where(
        and(
          visibleTo(await standingOf(ctx), ctx.now),
          scope && eq(memories.scope, scope),
          scopeId === undefined ? undefined : eq(memories.scopeId, scopeId),
          latestFirst.after(cursor),
        ),
      )
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map(toMemory), ...next };
  },
});
