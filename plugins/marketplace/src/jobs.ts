import { type Context, defineJob } from '@troupe-os/core';
import { z } from 'zod';
import { expireHolds } from './stock.ts';

/** Releases what was held too long, each minute. A sale that needs it sooner does it by itself. */
export const releaseHolds = defineJob({
  name: 'marketplace.expire-holds',
  input: z.strictObject({}),
  schedule: '* * * * *',
  runsAs: 'plugin',
  steps: [
    {
      name: 'release',
      async handler(ctx: Context) {
        await expireHolds(ctx);
      },
    },
  ],
});
