import { defineAction } from '@troupe-os/core';
import { embedText, wordsOf } from '@troupe-os/core/search';
import { z } from 'zod';
import { searchMemories as search } from '../memories.ts';
import { memoryRecord, memoryScope, toMemory } from '../memory-shapes.ts';
import { USE_MEMORY } from '../memory-standing.ts';
import { memories } from '../schema.ts';

export const searchMemories = defineAction({
  name: 'workforce.search-memories',
  title: 'Search memories',
  description: 'Finds what was kept for later by what it means and by its words, of what you may see, the best answer first.',
  effect: 'read',
  risk: 'low',
  private: true,
  permission: USE_MEMORY,
  input: z.strictObject({
    q: z.string().trim().min(1).max(2000).describe('What to look for, in plain words.'),
    scope: memoryScope.optional(),
    unasked: z.boolean().default(false).describe('Only what is so near that it may be told to somebody who did not ask for it.'),
    limit: z.int().min(1).max(50).default(10),
  }),
  output: z.strictObject({ items: z.array(memoryRecord) }),
  async prepare(tools, { q }) {
    // most runs of a young house ask for nothing: the model of meanings is not started for them
    const [any] = await tools.db.select({ id: memories.id }).from(memories).limit(1);
    return any && { words: wordsOf(q), embedding: await embedText(tools, q) };
  },
  async handler(ctx, { scope, unasked, limit }, question) {
    return { items: question ? (await search(ctx, question, { scope, unasked, limit })).map(toMemory) : [] };
  },
});
