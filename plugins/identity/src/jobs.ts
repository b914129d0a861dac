import { defineJob } from '@troupe-os/core';
import { lt } from 'drizzle-orm';
import { z } from 'zod';
import { signInLinks } from './schema.ts';
import { deleteExpiredSessions } from './sessions.ts';

const DAY_MS = 24 * 3_600_000;

/** Sessions and links that nobody can use any more. Tokens stay: their record says who made them. */
export const sweepExpired = defineJob({
  name: 'identity.sweep-expired',
  input: z.strictObject({}),
  schedule: '17 3 * * *',
  runsAs: 'plugin',
  steps: [
    {
      name: 'delete',
      async handler(ctx) {
        await deleteExpiredSessions(ctx);
        await ctx.db.delete(signInLinks).where(lt(signInLinks.expiresAt, new Date(ctx.now.getTime() - DAY_MS)));
      },
    },
  ],
});
