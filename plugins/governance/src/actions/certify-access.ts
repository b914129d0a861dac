import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { decideAccess, decidedShape, decision } from '../access-reviews.ts';

export const certifyAccess = defineAction({
  name: 'governance.certify-access',
  title: 'Keep access under review',
  description: 'Says of a role, a token or an app under review that it stays, and why. Nobody decides about their own.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'governance.access-review.manage',
  resource: { table: 'governance.access_items', key: 'itemId' },
  input: z.strictObject(decision),
  output: decidedShape,
  handler: (ctx, decided) => decideAccess(ctx, decided, 'kept'),
});
