// Roles that actors hold, on the company, on a brand or on a department.

import type { Context } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { assertOpenDepartment } from './departments.ts';
import { identityErrors } from './errors.ts';
import { assertMayGive, type RoleSomewhere } from './rights.ts';
import { actors, grants } from './schema.ts';
import { endSessions } from './sessions.ts';

/** Gives a role. Whoever gains rights signs in again. Errors: identity.beyond_own_rights, unknown_person, agent_owner, already_granted, unknown_brand, unknown_department, department_archived. */
export async function grantRole(ctx: Context, actorId: string, given: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, given);
  const [actor] = await ctx.db.select().from(actors).where(eq(actors.id, actorId)).for('update');
  if (!actor?.active) throw identityErrors.unknown_person();
  if (actor.kind === 'agent' && given.role === 'owner') throw identityErrors.agent_owner();
  await recordGrant(ctx, actorId, given);
  await endSessions(ctx, actorId);
}

/** Takes a role back. Errors: identity.beyond_own_rights, identity.unknown_grant, identity.last_owner. */
export async function revokeRole(ctx: Context, actorId: string, given: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, given);
  const taken = await ctx.db
    .delete(grants)
    .where(and(eq(grants.actorId, actorId), eq(grants.role, given.role), heldAt(given)))
    .returning({ id: grants.id });
  if (taken.length === 0) throw identityErrors.unknown_grant();
  await endSessions(ctx, actorId);
}

/** Writes a grant down; whoever calls has looked at the right to give it. */
export async function recordGrant(ctx: Context, actorId: string, { role, brandId, departmentId }: RoleSomewhere): Promise<void> {
  if (departmentId !== undefined) await assertOpenDepartment(ctx, departmentId);
  await ctx.db.insert(grants).values({
    id: crypto.randomUUID(),
    actorId,
    role,
    brandId: brandId ?? null,
    departmentId: departmentId ?? null,
    grantedBy: ctx.actor.id,
    grantedAt: ctx.now,
  });
}

/** What stands at this very place: of the company, what stands at no brand and no department. */
export function heldAt({ brandId, departmentId }: Omit<RoleSomewhere, 'role'>) {
  const at = (column: PgColumn, id: string | undefined) => (id === undefined ? isNull(column) : eq(column, id));
  return and(at(grants.brandId, brandId), at(grants.departmentId, departmentId));
}
