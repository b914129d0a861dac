// What people, agents and tokens may act by, all together, and taking it away.
import type { Context } from '@troupe-os/core';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Access } from './contract.ts';
import { identityErrors } from './errors.ts';
import { revokeRole } from './grants.ts';
import { appGrantId } from './oauth/app-credential.ts';
import { appErrors } from './oauth/errors.ts';
import { appGrants } from './oauth/schema.ts';
import { ownActorId } from './people.ts';
import { assertMayManage } from './rights.ts';
import { actors, grants, tokens } from './schema.ts';
import { toHeldRole } from './shapes.ts';

type One = Pick<Access, 'kind' | 'id'>;

/** What is held, in one look, so that nothing moves in between. */
export async function access(ctx: Context, only?: One): Promise<Access[]> {
  const now = sql`${ctx.now.toISOString()}::timestamptz`;
  const which = only ? sql`where held.kind = ${only.kind} and held.id = ${only.id}::uuid` : sql``;
  const found = await ctx.db.execute(sql`
    with recursive hands (actor_id, maker) as (
      select actor_id, created_by from ${tokens} where created_by not in (actor_id::text, 'local-operator')
      union
      select hands.actor_id, made.created_by from hands
      join ${tokens} made on made.actor_id::text = hands.maker and made.created_by not in (made.actor_id::text, 'local-operator')
    ), held (kind, id, actor_id, what, brand_id, department_id, scopes, granted_by, since, until) as (
      select 'role', id, actor_id, role, brand_id, department_id, null::text[], granted_by, granted_at, null::timestamptz from ${grants}
      union all
      select 'token', id, actor_id, prefix, null, null, scopes, created_by, created_at, expires_at from ${tokens}
      where revoked_at is null and expires_at > ${now}
      union all
      select 'app', id, actor_id, client_name || ' (' || client_host || ')', null, null, scopes, actor_id::text, created_at, expires_at
      from ${appGrants} where ended_at is null and expires_at > ${now}
    )
    select json_strip_nulls(json_build_object('kind', held.kind, 'id', held.id, 'actorId', held.actor_id, 'what', held.what,
      'brandId', held.brand_id, 'departmentId', held.department_id, 'scopes', held.scopes, 'grantedBy', held.granted_by,
      'since', held.since, 'until', held.until, 'hands', array(select maker from hands where hands.actor_id = held.actor_id order by maker)))::text as one
    from held join ${actors} holder on holder.id = held.actor_id and holder.active ${which} order by held.id`);
  // execute answers rows on both databases
  return (found as unknown as { one: string }[]).map(({ one }) => {
    const { since, until, ...rest } = JSON.parse(one);
    return { ...rest, since: new Date(since), ...(until && { until: new Date(until) }) };
  });
}

/** Takes it away, by the same checks as the action that is there for it alone. */
export async function takeAccess(ctx: Context, { kind, id }: One): Promise<void> {
  if (kind === 'token') return endToken(ctx, id);
  if (kind === 'app') return endApp(ctx, id);
  const [grant] = await ctx.db.select().from(grants).where(eq(grants.id, id));
  if (!grant) throw identityErrors.unknown_grant();
  await revokeRole(ctx, grant.actorId, toHeldRole(grant));
}

/** Errors: identity.unknown_token, identity.beyond_own_rights. */
export async function endToken(ctx: Context, tokenId: string): Promise<void> {
  const own = await ownActorId(ctx);
  const [token] = await ctx.db
    .select({ actorId: tokens.actorId, createdBy: tokens.createdBy })
    .from(tokens)
    .where(and(eq(tokens.id, tokenId), isNull(tokens.revokedAt)))
    .for('update');
  const isOwn = token && (token.actorId === own || token.createdBy === ctx.actor.id);
  if (!token || (!isOwn && !isManaging(ctx))) throw identityErrors.unknown_token();
  if (!isOwn) await assertMayManage(ctx, token.actorId);
  await ctx.db.update(tokens).set({ revokedAt: ctx.now }).where(eq(tokens.id, tokenId));
}

/** Errors: identity.unknown_app, identity.beyond_own_rights. */
export async function endApp(ctx: Context, appId: string): Promise<void> {
  const own = await ownActorId(ctx);
  const [grant] = await ctx.db
    .select({ actorId: appGrants.actorId })
    .from(appGrants)
    .where(and(eq(appGrants.id, appId), isNull(appGrants.endedAt)))
    .for('update');
  // an app gives back what is its own, and nothing of another app
  const isItsOwn = [undefined, appId].includes(appGrantId(ctx.credential));
  if (!grant || !isItsOwn || (grant.actorId !== own && !isManaging(ctx))) throw appErrors.unknown_app();
  if (grant.actorId !== own) await assertMayManage(ctx, grant.actorId);
  await ctx.db.update(appGrants).set({ endedAt: ctx.now }).where(eq(appGrants.id, appId));
}

const isManaging = ({ actor }: Context): boolean => actor.rights.get('identity.person.manage') === 'company';
