// How the kernel asks who somebody is: one query for a credential, one for an actor's roles.

import type { Db, Directory, Grant, Principal } from '@troupe-os/core';
import { and, asc, eq, gt, inArray, isNull, type SQL } from 'drizzle-orm';
import { isUnlinked, speakerOf } from './chat-accounts.ts';
import { handsOf } from './made-tokens.ts';
import { appGrantId } from './oauth/app-credential.ts';
import { holderOfAppToken } from './oauth/holder.ts';
import { appGrants } from './oauth/schema.ts';
import { actors, brands, departments, grants, roles, tokens } from './schema.ts';
import { hashSecret } from './secrets.ts';
import { validateSession } from './sessions.ts';
import { toHeldRole } from './shapes.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export const directory: Directory = {
  authenticate(db, credential, now) {
    if (credential.type === 'account') return speakerOf(db, credential);
    const { type, secret } = credential;
    if (type === 'session') return validateSession(db, secret, now);
    return secret.startsWith('trp_') ? holderOf(db, secret, now) : holderOfAppToken(db, secret, now);
  },

  async hasBrand(db, brandId) {
    const [brand] = await db.select({ id: brands.id }).from(brands).where(eq(brands.id, brandId));
    return brand !== undefined;
  },

  async grantsOf(db, actorId) {
    if (!UUID.test(actorId)) return undefined;
    const [found] = await activeActors(db, eq(actors.id, actorId));
    if (!found) return undefined;
    const { name, kind, roles, actions } = found;
    return { name, kind, grants: roles, hands: await handsOf(db, [actorId]), ...(actions && { actions }) };
  },

  async isRevoked(db, credential, now) {
    const [kind, id = ''] = credential.split(':');
    if (kind === 'token') {
      const [good] = await db
        .select({ id: tokens.id })
        .from(tokens)
        .where(and(eq(tokens.id, id), isNull(tokens.revokedAt), gt(tokens.expiresAt, now)));
      return !good;
    }
    if (kind === 'account') return isUnlinked(db, id);
    const grantId = appGrantId(credential);
    if (grantId === undefined) return false;
    const [good] = await db
      .select({ id: appGrants.id })
      .from(appGrants)
      .where(and(eq(appGrants.id, grantId), isNull(appGrants.endedAt), gt(appGrants.expiresAt, now)));
    return !good;
  },
};

export interface ActiveActor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'agent';
  readonly roles: Grant[];
  /** The names of those that an agent is kept to. */
  readonly actions?: readonly string[];
}

/** Active actors with the roles that they hold; those on archived departments count for nothing. */
export async function activeActors(db: Db, which?: SQL): Promise<ActiveActor[]> {
  const rows = await db
    .select({
      id: actors.id,
      name: actors.name,
      kind: actors.kind,
      actions: actors.actions,
      grant: grants,
      permissions: roles.permissions,
      archivedAt: departments.archivedAt,
    })
    .from(actors)
    .leftJoin(grants, eq(grants.actorId, actors.id))
    .leftJoin(roles, eq(roles.id, grants.role))
    .leftJoin(departments, eq(departments.id, grants.departmentId))
    .where(and(eq(actors.active, true), which))
    .orderBy(asc(actors.createdAt), asc(actors.id));
  const found = new Map<string, ActiveActor>();
  for (const { id, name, kind, actions, grant, permissions, archivedAt } of rows) {
    const actor = found.get(id) ?? { id, name, kind, roles: [], ...(actions && { actions }) };
    found.set(id, actor);
    if (grant && !archivedAt) actor.roles.push({ ...toHeldRole(grant), ...(permissions && { permissions }) });
  }
  return [...found.values()];
}

/** The roles of those of these who are active actors. */
export async function rolesOf(db: Db, actorIds: readonly string[]): Promise<Pick<ActiveActor, 'id' | 'roles'>[]> {
  const ids = actorIds.filter((id) => UUID.test(id));
  if (ids.length === 0) return [];
  return (await activeActors(db, inArray(actors.id, ids))).map(({ id, roles }) => ({ id, roles }));
}

async function holderOf(db: Db, token: string, now: Date): Promise<Principal | undefined> {
  const [found] = await db
    .select({ tokenId: tokens.id, scopes: tokens.scopes, id: actors.id, kind: actors.kind, name: actors.name })
    .from(tokens)
    .innerJoin(actors, eq(actors.id, tokens.actorId))
    .where(
      and(eq(tokens.tokenHash, hashSecret(token)), isNull(tokens.revokedAt), gt(tokens.expiresAt, now), eq(actors.active, true)),
    );
  if (!found) return undefined;
  const { tokenId, scopes, ...actor } = found;
  return { ...actor, ...(scopes !== null && { scopes }), credential: `token:${tokenId}` };
}
