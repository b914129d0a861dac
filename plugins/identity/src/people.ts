import { type Context, coreErrors } from '@troupe-os/core';
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Person } from './contract.ts';
import { identityErrors } from './errors.ts';
import { heldAt } from './grants.ts';
import { voidInvitations, voidInvitationsTo } from './invitations.ts';
import { voidLinks } from './links.ts';
import { heldBy } from './made-tokens.ts';
import { assertMayManage } from './rights.ts';
import { actors, brands, grants, people, tokens } from './schema.ts';
import { endSessions } from './sessions.ts';

/** Adds a person who may sign in. Errors: identity.email_taken. */
export async function addPerson(ctx: Context, { name, email }: { name: string; email: string }): Promise<string> {
  const actorId = await addActor(ctx, { kind: 'user', name });
  await ctx.db.insert(people).values({ actorId, email: email.toLowerCase() });
  return actorId;
}

interface NewActor {
  readonly kind: 'user' | 'agent';
  readonly name: string;
  /** Those that an agent is kept to. */
  readonly actions?: readonly string[] | undefined;
}

export async function addActor(ctx: Context, { kind, name, actions }: NewActor): Promise<string> {
  const id = crypto.randomUUID();
  const kept = actions && { actions: [...actions] };
  await ctx.db.insert(actors).values({ id, kind, name, active: true, createdAt: ctx.now, ...kept });
  return id;
}

/** From now on nothing proves that somebody is this person: sessions, links and tokens end, those too that they made for others' use. */
export async function deactivate(ctx: Context, actorId: string): Promise<void> {
  const changed = await ctx.db
    .update(actors)
    .set({ active: false })
    .where(and(eq(actors.id, actorId), eq(actors.active, true)))
    .returning({ id: actors.id });
  if (changed.length === 0) throw identityErrors.unknown_person();
  await endSessions(ctx, actorId);
  await voidLinks(ctx, actorId);
  const holders = await heldBy(ctx, [actorId]);
  await voidInvitations(ctx, holders);
  await ctx.db
    .update(tokens)
    .set({ revokedAt: ctx.now })
    .where(and(inArray(tokens.actorId, holders), isNull(tokens.revokedAt)));
}

export async function findPerson(ctx: Context, who: { personId: string } | { email: string }): Promise<Person | undefined> {
  const where = 'email' in who ? eq(people.email, who.email.toLowerCase()) : eq(people.actorId, who.personId);
  const [found] = await ctx.db.select({ personId: people.actorId, email: people.email }).from(people).where(where);
  return found;
}

/** As `deactivate`, of somebody who may have been deactivated before. Errors: identity.beyond_own_rights. */
export async function endAccess(ctx: Context, { personId, email }: Person): Promise<void> {
  await assertMayManage(ctx, personId);
  const [actor] = await ctx.db.select({ active: actors.active }).from(actors).where(eq(actors.id, personId));
  if (actor?.active) await deactivate(ctx, personId);
  await voidInvitationsTo(ctx, email);
}

/**
 * The actor whose credentials the caller manages as their own: themselves, and for the operator of this machine the first Owner.
 * Errors: core.unauthenticated for guests, identity.unknown_person for agents and services.
 */
export async function ownActorId(ctx: Context): Promise<string> {
  if (ctx.actor.kind === 'user') return ctx.actor.id;
  if (ctx.actor.kind === 'guest') throw coreErrors.unauthenticated();
  if (ctx.actor.kind !== 'operator') throw identityErrors.unknown_person();
  const [owner] = await ctx.db
    .select({ id: actors.id })
    .from(grants)
    .innerJoin(actors, and(eq(actors.id, grants.actorId), eq(actors.active, true)))
    .innerJoin(people, eq(people.actorId, actors.id))
    .where(and(eq(grants.role, 'owner'), heldAt({})))
    .orderBy(asc(grants.grantedAt), asc(grants.id))
    .limit(1);
  if (!owner) throw identityErrors.unknown_person();
  return owner.id;
}

export async function brandExists(ctx: Context, brandId: string): Promise<boolean> {
  const [brand] = await ctx.db.select({ id: brands.id }).from(brands).where(eq(brands.id, brandId));
  return brand !== undefined;
}
