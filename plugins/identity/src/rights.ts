// Nobody gives what they lack: who may give which role, and who may act on whose account.

import { type Context, coreErrors, type Rights, type Role } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { actors, grants, tokens } from './schema.ts';

export interface RoleSomewhere {
  readonly role: Role;
  /** Undefined: the whole company. */
  readonly brandId?: string | undefined;
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

/** Errors: identity.beyond_own_rights. */
export async function assertMayGive(ctx: Context, { role, brandId }: RoleSomewhere): Promise<void> {
  if (ctx.actor.kind === 'agent' || !reaches(ctx.actor.rights, givenBy(role), brandId)) throw identityErrors.beyond_own_rights();
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
    .select({ role: grants.role, brandId: grants.brandId })
    .from(actors)
    .leftJoin(grants, eq(grants.actorId, actors.id))
    .where(eq(actors.id, actorId));
  if (held.length === 0) throw identityErrors.unknown_person();
  for (const { role, brandId } of held) {
    if (role && !reaches(ctx.actor.rights, givenBy(role), brandId ?? undefined)) throw identityErrors.beyond_own_rights({ role });
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

const givenBy = (role: Role) => (role === 'owner' ? 'identity.owner-role.grant' : 'identity.role.grant');
