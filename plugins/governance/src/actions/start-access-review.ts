import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { reviewShape, showReview, startReview } from '../access-reviews.ts';
import { ACCESS_KINDS } from '../schema.ts';

export const startAccessReview = defineAction({
  name: 'governance.start-access-review',
  title: 'Start an access review',
  description:
    'Writes down who holds what at this moment: roles, tokens and apps, or some of the three. Each is then kept or taken away by somebody else.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'governance.access-review.manage',
  input: z.strictObject({
    title: z.string().trim().min(1).max(200).describe('How the review is called.'),
    kinds: z
      .array(z.enum(ACCESS_KINDS))
      .min(1)
      .default([...ACCESS_KINDS])
      .describe('What of all that is held it looks at.'),
  }),
  output: reviewShape,
  handler: async (ctx, scope) => showReview(await startReview(ctx, scope)),
});
