import { defineAction, holds } from '@troupe-os/core';
import { and, desc, eq, or } from 'drizzle-orm';
import { z } from 'zod';
import { standingGrants } from '../schema.ts';
import { isOpen, showStandingGrant, standingGrantShape } from '../standing-grants.ts';

export const listStandingGrants = defineAction({
  name: 'governance.list-standing-grants',
  title: 'Yeses in advance',
  description:
    'Shows what agents may do now without asking: what you have allowed, what you are allowed, and, if you read rules, all.',
  effect: 'read',
  risk: 'low',
  permission: 'governance.approval.read',
  input: z.strictObject({}),
  output: z.strictObject({ items: z.array(standingGrantShape) }),
  async handler(ctx) {
    const { id, rights } = ctx.actor;
    const isOwn = or(eq(standingGrants.grantedBy, id), eq(standingGrants.agent, id));
    const visible = holds(rights, 'governance.rule.read') ? undefined : isOwn;
    const rows = await ctx.db
      .select()
      .from(standingGrants)
      .where(and(visible, isOpen(ctx.now)))
      .orderBy(desc(standingGrants.grantedAt));
    return { items: rows.map(showStandingGrant) };
  },
});
