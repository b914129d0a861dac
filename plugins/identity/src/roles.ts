// The company's own roles: named sets of permissions.
import type { Context } from '@troupe-os/core';
import { and, eq, isNotNull } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { assertCompanyWide } from './rights.ts';
import { grants, roles } from './schema.ts';

/** Locks a role of the company's own for a change. Errors: identity.unknown_role. */
export async function openRole(ctx: Context, roleId: string): Promise<void> {
  assertCompanyWide(ctx, 'identity.role.define');
  const own = and(eq(roles.id, roleId), isNotNull(roles.permissions));
  const [role] = await ctx.db.select().from(roles).where(own).for('update');
  if (!role) throw identityErrors.unknown_role();
}

export async function holdersOf(ctx: Context, roleId: string): Promise<string[]> {
  const held = await ctx.db.selectDistinct({ id: grants.actorId }).from(grants).where(eq(grants.role, roleId));
  return held.map(({ id }) => id);
}
