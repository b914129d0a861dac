import { defineAction, holds } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { standingGrants } from '../schema.ts';
import { isOpen, showStandingGrant, standingGrantShape } from '../standing-grants.ts';

export const revokeStandingGrant = defineAction({
  name: 'governance.revoke-standing-grant',
  title: 'Take back a yes in advance',
  description: 'Ends what you, or, if you set rules, anybody has allowed an agent in advance.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'governance.approval.read',
  input: z.strictObject({ standingGrantId: z.uuid() }),
  output: standingGrantShape,
  async handler(ctx, { standingGrantId }) {
    const isOwn = holds(ctx.actor.rights, 'governance.rule.set') ? undefined : eq(standingGrants.grantedBy, ctx.actor.id);
    const [row] = await ctx.db
      .update(standingGrants)
      .set({ revokedAt: ctx.now })
      .where(and(eq(standingGrants.id, standingGrantId), isOwn, isOpen(ctx.now)))
      .returning();
    if (!row) throw governanceErrors.unknown_standing_grant({ standingGrantId });
    return showStandingGrant(row);
  },
});
