// Roles that actors hold, on the company, on a brand or on a department.

import type { Context } from '@troupe-os/core';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { assertOpenDepartment } from './departments.ts';
import { identityErrors } from './errors.ts';
import { endInvitations } from './invitations.ts';
import { voidLinks } from './links.ts';
import { revokeMadeTokens } from './made-tokens.ts';
import { assertMayChangeRoles, assertMayGive, type RoleSomewhere } from './rights.ts';
import { actors, grants, people, tokens } from './schema.ts';
import { endSessions } from './sessions.ts';

/** Gives a role. Whoever gains rights signs in again. Errors: identity.beyond_own_rights, unknown_person, unknown_role, agent_owner, auditor_elsewhere, auditor_apart, already_granted, unknown_brand, unknown_department, department_archived. */
export async function grantRole(ctx: Context, actorId: string, given: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, given);
  const [actor] = await ctx.db.select().from(actors).where(eq(actors.id, actorId)).for('update');
  if (!actor?.active) throw identityErrors.unknown_person();
  await assertMayChangeRoles(ctx, actorId);
  if (actor.kind === 'agent' && given.role === 'owner') throw identityErrors.agent_owner();
  if (given.role === 'auditor') await assertIsPerson(ctx, actorId);
  await recordGrant(ctx, actorId, given);
  await endSessions(ctx, actorId);
  await voidLinks(ctx, actorId); // made by somebody who could give what they held until now
}

/** Takes a role back. Errors: identity.beyond_own_rights, identity.unknown_grant, identity.last_owner. */
export async function revokeRole(ctx: Context, actorId: string, given: RoleSomewhere): Promise<void> {
  await assertMayGive(ctx, given);
  await assertMayChangeRoles(ctx, actorId);
  const taken = await ctx.db
    .delete(grants)
    .where(and(eq(grants.actorId, actorId), eq(grants.role, given.role), heldAt(given)))
    .returning({ id: grants.id });
  if (taken.length === 0) throw identityErrors.unknown_grant();
  await endInvitations(ctx, actorId);
  await revokeMadeTokens(ctx, actorId); // they may hold what their maker could still give a moment ago
  await endSessions(ctx, actorId);
}

/** A token that somebody made for a script must not be an Auditor whom they hold in their hands. Errors: identity.auditor_elsewhere. */
async function assertIsPerson(ctx: Context, actorId: string): Promise<void> {
  const [person] = await ctx.db.select({ id: people.actorId }).from(people).where(eq(people.actorId, actorId));
  if (!person) throw identityErrors.auditor_elsewhere();
}

/** Writes a grant down; whoever calls has looked at the right to give it. */
export async function recordGrant(
  ctx: Context,
  actorId: string,
  { role, brandId, departmentId }: RoleSomewhere,
  grantedBy = ctx.actor.id,
): Promise<void> {
  if (departmentId !== undefined) await assertOpenDepartment(ctx, departmentId);
  await ctx.db.insert(grants).values({
    id: crypto.randomUUID(),
    actorId,
    role,
    brandId: brandId ?? null,
    departmentId: departmentId ?? null,
    grantedBy,
    grantedAt: ctx.now,
  });
}

/** Who stands behind a role that somebody was given since then: its giver, whoever gave that one a role since then or made their token, and so on, but for the operator of the machine. */
export async function appointers(ctx: Context, actorId: string, since: Date): Promise<string[]> {
  if (!z.uuid().safeParse(actorId).success) return [];
  const isLate = sql`granted_at > ${since.toISOString()}::timestamptz`;
  const found = await ctx.db.execute(sql`
    with recursive behind (id) as (
      select granted_by from ${grants} where actor_id = ${actorId}::uuid and ${isLate}
      union
      select further.by from behind join (
        select actor_id::text, granted_by from ${grants} where ${isLate}
        union all
        select actor_id::text, created_by from ${tokens} where created_by not in (actor_id::text, 'local-operator')
      ) further (id, by) on further.id = behind.id
    )
    select actor.id from behind join ${actors} actor on actor.id::text = behind.id`); // no text: ids are not words
  // execute answers rows on both databases
  return (found as unknown as { id: string }[]).map(({ id }) => id);
}

/** What stands at this very place: of the company, what stands at no brand and no department. */
export function heldAt({ brandId, departmentId }: Omit<RoleSomewhere, 'role'>) {
  const at = (column: PgColumn, id: string | undefined) => (id === undefined ? isNull(column) : eq(column, id));
  return and(at(grants.brandId, brandId), at(grants.departmentId, departmentId));
}
