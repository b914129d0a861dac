import { defineJob } from '@troupe-os/core';
import { lte } from 'drizzle-orm';
import { z } from 'zod';
import { memories } from './schema.ts';

/** Each hour: memories that nobody sees any more. */
export const sweepMemories = defineJob({
  name: 'workforce.sweep-memories',
  input: z.strictObject({}),
  schedule: '23 * * * *',
  runsAs: 'plugin',
  async isDue(db, now) {
    const [expired] = await db.select({ id: memories.id }).from(memories).where(lte(memories.expiresAt, now)).limit(1);
    return expired !== undefined;
  },
  steps: [
    {
      name: 'delete',
      async handler(ctx) {
        await ctx.db.delete(memories).where(lte(memories.expiresAt, ctx.now));
      },
    },
  ],
});
