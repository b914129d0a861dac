import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { decideAccess, decidedShape, decision } from '../access-reviews.ts';

export const revokeAccess = defineAction({
  name: 'governance.revoke-access',
  title: 'Take access under review away',
  description:
    'Takes a role, a token or an app under review away at once, as far as you could take it anyway, and says why. Nobody decides about their own.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.access-review.manage',
  resource: { table: 'governance.access_items', key: 'itemId' },
  input: z.strictObject(decision),
  output: decidedShape,
  handler: (ctx, decided) => decideAccess(ctx, decided, 'revoked'),
});
