// Nobody gives what they lack: who may give which role, and who may act on whose account.

import { type Context, coreErrors, type Rights, type Role } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { actors, grants, tokens } from './schema.ts';
import { toHeldRole } from './shapes.ts';

/** Neither brand nor department: the whole company. */
export interface RoleSomewhere {
  readonly role: Role;
  readonly brandId?: string | undefined;
  readonly departmentId?: string | undefined;
}

/** Whether a permission reaches this brand; without a brand, the whole company. */
export function reaches(rights: Rights, permission: string, brandId?: string): boolean {
  const reach = rights.get(permission);
  if (reach === undefined || reach === 'company') return reach === 'company';
  return brandId !== undefined && reach.has(brandId);
}

/** Answers as if the action did not exist to whoever holds its permission on a brand only. Errors: core.unknown_action. */
export function assertCompanyWide(ctx: Context, permission: string): void {
  if (!reaches(ctx.actor.rights, permission)) throw coreErrors.unknown_action();
}

/** Roles on a department are given by whoever gives roles on the company. Errors: identity.two_places, identity.beyond_own_rights. */
export async function assertMayGive(ctx: Context, given: RoleSomewhere): Promise<void> {
  if (given.brandId !== undefined && given.departmentId !== undefined) throw identityErrors.two_places();
  if (ctx.actor.kind === 'agent' || !couldGive(ctx, given)) throw identityErrors.beyond_own_rights();
  await assertUncut(ctx);
}

/** A token that is cut down to scopes has not all that a role or a session would hold. Errors: identity.beyond_own_rights. */
export async function assertUncut(ctx: Context): Promise<void> {
  const { scopes } = await ownToken(ctx);
  if (scopes) throw identityErrors.beyond_own_rights({ scopes });
}

/** Who manages people manages only those whose every role they could give. Errors: identity.unknown_person, identity.beyond_own_rights. */
export async function assertMayManage(ctx: Context, actorId: string): Promise<void> {
  assertCompanyWide(ctx, 'identity.person.manage');
  const held = await ctx.db
    .select({ grant: grants })
    .from(actors)
    .leftJoin(grants, eq(grants.actorId, actors.id))
    .where(eq(actors.id, actorId));
  if (held.length === 0) throw identityErrors.unknown_person();
  for (const { grant } of held) {
    if (grant && !couldGive(ctx, toHeldRole(grant))) throw identityErrors.beyond_own_rights({ role: grant.role });
  }
}

/** What the token that proves this call is cut down to; nothing, where a session proves it. */
export async function ownToken(ctx: Context): Promise<{ scopes?: readonly string[]; expiresAt?: Date }> {
  const [kind, id] = ctx.credential.split(':');
  if (kind !== 'token' || id === undefined) return {};
  const [token] = await ctx.db
    .select({ scopes: tokens.scopes, expiresAt: tokens.expiresAt })
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.actorId, ctx.actor.id)));
  return { ...(token?.scopes && { scopes: token.scopes }), ...(token && { expiresAt: token.expiresAt }) };
}

/** Whether all that `scope` lets through is let through by one of `scopes`. */
export function covers(scopes: readonly string[], scope: string): boolean {
  return scopes.some((one) => one === '*' || one === scope || (one.endsWith('.*') && scope.startsWith(one.slice(0, -1))));
}

function couldGive({ actor }: Context, { role, brandId }: RoleSomewhere): boolean {
  return reaches(actor.rights, role === 'owner' ? 'identity.owner-role.grant' : 'identity.role.grant', brandId);
}
