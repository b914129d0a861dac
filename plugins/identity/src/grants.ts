// Roles that actors hold, on the company or on a brand.

import type { Context } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { assertMayGive, type RoleSomewhere } from './rights.ts';
import { actors, grants } from './schema.ts';
import { endSessions } from './sessions.ts';

/** Gives a role. Whoever gains rights signs in again. Errors: identity.beyond_own_rights, unknown_person, agent_owner, already_granted, unknown_brand. */
export async function grantRole(ctx: Context, actorId: string, given: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, given);
  const [actor] = await ctx.db.select().from(actors).where(eq(actors.id, actorId)).for('update');
  if (!actor?.active) throw identityErrors.unknown_person();
  if (actor.kind === 'agent' && given.role === 'owner') throw identityErrors.agent_owner();
  await recordGrant(ctx, actorId, given);
  await endSessions(ctx, actorId);
}

/** Takes a role back. Errors: identity.beyond_own_rights, identity.unknown_grant, identity.last_owner. */
export async function revokeRole(ctx: Context, actorId: string, { role, brandId }: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, { role, brandId });
  const where = brandId === undefined ? isNull(grants.brandId) : eq(grants.brandId, brandId);
  const taken = await ctx.db
    .delete(grants)
    .where(and(eq(grants.actorId, actorId), eq(grants.role, role), where))
    .returning({ id: grants.id });
  if (taken.length === 0) throw identityErrors.unknown_grant();
  await endSessions(ctx, actorId);
}

/** Writes a grant down; whoever calls has looked at the right to give it. */
export async function recordGrant(ctx: Context, actorId: string, { role, brandId }: RoleSomewhere): Promise<void> {
  await ctx.db.insert(grants).values({
    id: crypto.randomUUID(),
    actorId,
    role,
    brandId: brandId ?? null,
    grantedBy: ctx.actor.id,
    grantedAt: ctx.now,
  });
}
