import { type Context, defineJob } from '@troupe-os/core';
import { and, eq, lte } from 'drizzle-orm';
import { z } from 'zod';
import { holds } from './schema.ts';
import { expireHolds } from './stock.ts';

/** Releases what was held too long, each minute. A sale that needs it sooner does it by itself. */
export const releaseHolds = defineJob({
  name: 'marketplace.expire-holds',
  input: z.strictObject({}),
  schedule: '* * * * *',
  runsAs: 'plugin',
  async isDue(db, now) {
    const overdue = and(eq(holds.state, 'active'), lte(holds.expiresAt, now));
    return (await db.select({ id: holds.id }).from(holds).where(overdue).limit(1)).length > 0;
  },
  steps: [
    {
      name: 'release',
      async handler(ctx: Context) {
        await expireHolds(ctx);
      },
    },
  ],
});
