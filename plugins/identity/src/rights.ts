// Nobody gives what they lack: who may give which role, and who may act on whose account.

import { type Context, coreErrors, holdsRole, type Rights } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { appGrantId } from './oauth/app-credential.ts';
import { actors, grants, roles, tokens } from './schema.ts';
import { assertOwnSession } from './sessions.ts';
import { toHeldRole } from './shapes.ts';

/** Neither brand nor department: the whole company. */
export interface RoleSomewhere {
  readonly role: string;
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

/**
 * Roles on a department are given by whoever gives roles on the company.
 * Errors: identity.unknown_role, identity.two_places, identity.beyond_own_rights.
 */
export async function assertMayGive(ctx: Context, given: RoleSomewhere): Promise<void> {
  if (given.brandId !== undefined && given.departmentId !== undefined) throw identityErrors.two_places();
  // what it holds stays so while this call gives it
  const [found] = await ctx.db.select().from(roles).where(eq(roles.id, given.role)).for('share');
  if (!found) throw identityErrors.unknown_role();
  if (ctx.actor.kind === 'agent' || !couldGive(ctx, given, found.permissions)) throw identityErrors.beyond_own_rights();
  await assertUncut(ctx);
}

/** A role is made of what its author holds on the whole company. Errors: identity.beyond_own_rights. */
export async function assertHoldsAll(ctx: Context, permissions: readonly string[]): Promise<void> {
  const lacked = permissions.filter((permission) => !reaches(ctx.actor.rights, permission));
  if (lacked.length > 0) throw identityErrors.beyond_own_rights({ permissions: lacked });
  await assertUncut(ctx);
}

/** A token that is cut down to scopes has not all that a role or a session would hold. Errors: identity.beyond_own_rights. */
export async function assertUncut(ctx: Context): Promise<void> {
  const { scopes } = await ownToken(ctx);
  if (scopes && !scopes.includes('*')) throw identityErrors.beyond_own_rights({ scopes });
}

/** Who manages people manages only those whose every role they could give. Errors: identity.unknown_person, identity.beyond_own_rights. */
export async function assertMayManage(ctx: Context, actorId: string): Promise<void> {
  assertCompanyWide(ctx, 'identity.person.manage');
  const held = await ctx.db
    .select({ grant: grants, permissions: roles.permissions })
    .from(actors)
    .leftJoin(grants, eq(grants.actorId, actors.id))
    .leftJoin(roles, eq(roles.id, grants.role))
    .where(eq(actors.id, actorId));
  if (held.length === 0) throw identityErrors.unknown_person();
  for (const { grant, permissions } of held) {
    if (grant && !couldGive(ctx, toHeldRole(grant), permissions)) throw identityErrors.beyond_own_rights({ role: grant.role });
  }
}

/** Whoever could sign in as an Auditor would read what Auditors alone read. Errors: identity.auditor_apart. */
export async function assertNoOthersAuditor(ctx: Context, actorId: string): Promise<void> {
  if (actorId === ctx.actor.id) return;
  const [found] = await ctx.db
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.actorId, actorId), eq(grants.role, 'auditor')));
  if (found) throw identityErrors.auditor_apart();
}

/**
 * Whoever could sign in as an Admin would act and vote under their name, so only an Owner, or the operator of the machine, opens a way in
 * for another one. A role of the company's own counts as Admin where none below Admin holds all of it. Nobody does
 * in a session that was handed over. Errors: identity.beyond_own_rights, identity.handed_over.
 */
export async function assertMayOpenWayIn(ctx: Context, actorId: string): Promise<void> {
  assertOwnSession(ctx);
  if (actorId === ctx.actor.id || holdsRole(ctx.actor, 'owner')) return;
  const inCharge = (await grantsHeldBy(ctx, actorId)).find((held) => isInCharge(ctx, held));
  if (inCharge) throw identityErrors.beyond_own_rights({ role: inCharge.grant.role });
}

/**
 * A change of somebody's roles ends their sessions, and what they invited to and made, so nobody changes those of whoever is in charge of the
 * whole company, or its Auditor, by a role that they could not give. Errors: identity.beyond_own_rights.
 */
export async function assertMayChangeRoles(ctx: Context, actorId: string): Promise<void> {
  if (actorId === ctx.actor.id) return;
  const ofCompany = (await grantsHeldBy(ctx, actorId)).filter(
    ({ grant }) => grant.brandId === null && grant.departmentId === null,
  );
  const above = ofCompany.find(
    (held) =>
      (held.grant.role === 'auditor' || isInCharge(ctx, held)) && !couldGive(ctx, toHeldRole(held.grant), held.permissions),
  );
  if (above) throw identityErrors.beyond_own_rights({ role: above.grant.role });
}

/**
 * Whoever makes, changes or takes a way in of somebody else could then sign in as them: all that is asked of them.
 * Errors: identity.unknown_person, identity.beyond_own_rights, identity.auditor_apart, identity.handed_over.
 */
export async function assertMayTouchWayIn(ctx: Context, actorId: string): Promise<void> {
  await assertMayManage(ctx, actorId);
  await assertNoOthersAuditor(ctx, actorId);
  await assertMayOpenWayIn(ctx, actorId);
  await assertUncut(ctx);
}

interface Held {
  readonly grant: typeof grants.$inferSelect;
  /** Of a role of the company's own. */
  readonly permissions: readonly string[] | null;
}

function grantsHeldBy(ctx: Context, actorId: string): Promise<Held[]> {
  return ctx.db
    .select({ grant: grants, permissions: roles.permissions })
    .from(grants)
    .innerJoin(roles, eq(roles.id, grants.role))
    .where(eq(grants.actorId, actorId));
}

const isInCharge = (ctx: Context, { grant: { role }, permissions }: Held): boolean =>
  permissions ? permissions.some((one) => isOfAdmins(ctx, one)) : role === 'owner' || role === 'admin';

const isOfAdmins = ({ catalogue }: Context, permission: string): boolean =>
  catalogue.permissions.get(permission)?.roles.every((role) => role === 'owner' || role === 'admin') ?? false;

/** What the token that proves this call is cut down to; nothing, where a session proves it. */
export async function ownToken(ctx: Context): Promise<{ scopes?: readonly string[]; expiresAt?: Date }> {
  const app = appGrantId(ctx.credential);
  if (app !== undefined) return { scopes: [] }; // an app was given nothing that it could give on
  const [kind, id] = ctx.credential.split(':');
  if (kind !== 'token' || id === undefined) return {};
  const [token] = await ctx.db
    .select({ scopes: tokens.scopes, expiresAt: tokens.expiresAt })
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.actorId, ctx.actor.id)));
  return token ? { scopes: token.scopes ?? ['*'], expiresAt: token.expiresAt } : {};
}

/** Whether all that `scope` lets through is let through by one of `scopes`. What those in charge do themselves is let through by its name alone. */
export function covers({ catalogue }: Context, scopes: readonly string[], scope: string): boolean {
  const permission = catalogue.permissions.get(scope);
  const isNamedOnly = permission?.people === true && !permission.roles.includes('guest');
  return scopes.some((one) => one === scope || (!isNamedOnly && one.endsWith('*') && scope.startsWith(one.slice(0, -1))));
}

/** The one role that is given without being held is Auditor. `permissions` are those of a role of the company's own. */
function couldGive(ctx: Context, { role, brandId, departmentId }: RoleSomewhere, permissions: readonly string[] | null): boolean {
  const { actor, catalogue, credential } = ctx;
  if (role === 'auditor') return reaches(actor.rights, 'identity.auditor-role.grant');
  if (!reaches(actor.rights, role === 'owner' ? 'identity.owner-role.grant' : 'identity.role.grant', brandId)) return false;
  // a role on a department is what rules ask for: an Admin of the company who is not of the department must not give it to themselves
  if (departmentId !== undefined && !holdsRole(actor, 'owner') && !isOfDepartment(actor, role, departmentId)) return false;
  // a token holds roles, but not all that they bring: what its scopes do not name it gives nobody
  const brought = departmentId === undefined ? (permissions ?? broughtBy(catalogue, role, brandId)) : [];
  if (credential.startsWith('token:') && !brought.every((permission) => reaches(actor.rights, permission, brandId))) return false;
  // an Owner takes a role back, too, of whose permissions one is gone with its plugin
  if (permissions && !holdsRole(actor, 'owner'))
    return permissions.every((permission) => reaches(actor.rights, permission, brandId));
  if (permissions) return true;
  return holdsRole(actor, role, {
    ...(brandId !== undefined && { brandId }),
    ...(departmentId !== undefined && { departmentId }),
  });
}

/** What one of the roles that every house has brings on the company, or on a brand. */
const broughtBy = ({ permissions }: Context['catalogue'], role: string, brandId: string | undefined): string[] =>
  [...permissions]
    .filter(([, { roles, company }]) => roles.some((one) => holdsRole({ roles: [{ role }] }, one)) && !(company && brandId))
    .map(([name]) => name);

/** Whether this role or a higher one is held on that very department: the company does not stand in for it. */
function isOfDepartment({ roles }: Context['actor'], role: string, departmentId: string): boolean {
  return holdsRole({ roles: roles.filter((held) => held.departmentId === departmentId) }, role, { departmentId });
}
