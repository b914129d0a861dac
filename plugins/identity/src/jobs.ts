import { defineJob } from '@troupe-os/core';
import { and, lt, ne } from 'drizzle-orm';
import { z } from 'zod';
import { deleteExpiredCodes } from './chat-accounts.ts';
import { letters, signInLinks } from './schema.ts';
import { deleteExpiredSessions } from './sessions.ts';

const DAY_MS = 24 * 3_600_000;

/** Each hour: sessions, links and sign-ins that nobody can use any more. Tokens stay: their record says who made them. */
export const sweepExpired = defineJob({
  name: 'identity.sweep-expired',
  input: z.strictObject({}),
  schedule: '17 * * * *',
  runsAs: 'plugin',
  steps: [
    {
      name: 'delete',
      async handler(ctx) {
        await deleteExpiredSessions(ctx);
        await deleteExpiredCodes(ctx);
        const aDayAgo = new Date(ctx.now.getTime() - DAY_MS);
        await ctx.db.delete(signInLinks).where(lt(signInLinks.expiresAt, aDayAgo));
        // those of invitations stay, as the invitations do
        await ctx.db.delete(letters).where(and(lt(letters.createdAt, aDayAgo), ne(letters.kind, 'invitation')));
      },
    },
  ],
});
