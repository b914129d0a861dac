// A person's yes in advance, so that nobody learns to say yes without looking: narrow, capped, over within hours.
import { amount, type Db, moment, type WeighedCall } from '@troupe-os/core';
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Turnover } from './effect.ts';
import { unitCode } from './rules.ts';
import { type StandingGrantRow, standingGrants } from './schema.ts';

export const standingGrantShape = z.strictObject({
  standingGrantId: z.uuid(),
  agent: z.string().describe('Its id.'),
  action: z.string(),
  counterparty: z.string(),
  unit: unitCode,
  cap: amount.describe('Minor units that may be moved altogether.'),
  used: amount,
  grantedBy: z.string(),
  grantedAt: moment,
  expiresAt: moment,
  revokedAt: moment.optional(),
});

export function showStandingGrant({
  id,
  revokedAt,
  appointedBy: _,
  ...grant
}: StandingGrantRow): z.output<typeof standingGrantShape> {
  return { standingGrantId: id, ...grant, ...(revokedAt !== null && { revokedAt }) };
}

/**
 * Whether somebody's yes in advance covers what a call moves, which is then used up. The first tier is covered by the person for
 * whom the agent acts, the second by another one, neither holding them in their hands nor appointed by them that day; the third never. What moves more than one unit or names more than one
 * counterparty is covered by nothing.
 */
export async function coversInAdvance(
  db: Db,
  { actor, onBehalfOf, through, action, effect, now, hands, mayApprove }: WeighedCall,
  { tier, turnover }: { tier: 1 | 2 | 3; turnover: readonly Turnover[] },
): Promise<boolean> {
  const [moved, second] = turnover;
  const [counterparty = '', other] = effect.counterparties;
  // a yes in advance is to an agent's own words, not to what another one has handed to it
  if (tier === 3 || !moved || second || !counterparty || other || through.length > 0) return false;
  const open = await db
    .select()
    .from(standingGrants)
    .where(
      and(
        eq(standingGrants.agent, actor.id),
        eq(standingGrants.action, action),
        eq(standingGrants.counterparty, counterparty),
        eq(standingGrants.unit, moved.unit),
        isOpen(now),
      ),
    )
    .orderBy(asc(standingGrants.id));
  const askers = [actor.id, ...(onBehalfOf ? [onBehalfOf.id] : []), ...hands];
  for (const { id, grantedBy, appointedBy } of open) {
    const isAnother = ![grantedBy, ...appointedBy].some((who) => askers.includes(who));
    const isRight = tier === 1 && onBehalfOf ? grantedBy === onBehalfOf.id : isAnother;
    if (!isRight || !(await mayApprove(grantedBy))) continue;
    const after = sql`${standingGrants.used} + ${moved.amount.toString()}::numeric`;
    const [used] = await db
      .update(standingGrants)
      .set({ used: after })
      .where(and(eq(standingGrants.id, id), isOpen(now), sql`${after} <= ${standingGrants.cap}`))
      .returning({ id: standingGrants.id });
    if (used) return true;
  }
  return false;
}

export const isOpen = (now: Date) => and(isNull(standingGrants.revokedAt), gt(standingGrants.expiresAt, now));
