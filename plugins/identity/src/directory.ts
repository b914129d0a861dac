// How the kernel asks who somebody is: one query for a credential, one for an actor's roles.

import type { Db, Directory, Grant, Principal } from '@troupe-os/core';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { actors, departments, grants, roles, tokens } from './schema.ts';
import { hashSecret } from './secrets.ts';
import { validateSession } from './sessions.ts';
import { toHeldRole } from './shapes.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export const directory: Directory = {
  authenticate(db, { type, secret }, now) {
    return type === 'session' ? validateSession(db, secret, now) : holderOf(db, secret, now);
  },

  async grantsOf(db, actorId) {
    if (!UUID.test(actorId)) return undefined;
    const rows = await db
      .select({
        name: actors.name,
        kind: actors.kind,
        grant: grants,
        permissions: roles.permissions,
        archivedAt: departments.archivedAt,
      })
      .from(actors)
      .leftJoin(grants, eq(grants.actorId, actors.id))
      .leftJoin(roles, eq(roles.id, grants.role))
      .leftJoin(departments, eq(departments.id, grants.departmentId))
      .where(and(eq(actors.id, actorId), eq(actors.active, true)));
    const [actor] = rows;
    if (!actor) return undefined;
    const held = rows.flatMap(({ grant, permissions, archivedAt }): Grant[] =>
      grant && !archivedAt ? [{ ...toHeldRole(grant), ...(permissions && { permissions }) }] : [],
    );
    return { name: actor.name, kind: actor.kind, grants: held };
  },
};

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
