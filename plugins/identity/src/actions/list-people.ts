import { type Context, defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, asc, eq, exists, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actors, grants, people } from '../schema.ts';
import { heldRole, toHeldRole } from '../shapes.ts';

const byAge = keyset('identity.list-people', { ascending: [actors.createdAt, actors.id] });

export const listPeople = defineAction({
  name: 'identity.list-people',
  title: 'People',
  description: 'Lists people with their roles: all of them, or those of the brands whose people you may see.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.person.read',
  entries: {
    id: 'personId',
    inputs: ['personId', 'assigneeId', 'actorId', 'actor', 'assignee', 'responsibleId', 'onBehalfOf'],
    names: ['name', 'email'],
  },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        personId: z.string(),
        name: z.string(),
        email: z.string(),
        active: z.boolean(),
        hasPassword: z.boolean(),
        roles: z.array(heldRole),
        createdAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select({ actor: actors, personId: people.actorId, email: people.email, passwordHash: people.passwordHash })
      .from(people)
      .innerJoin(actors, eq(actors.id, people.actorId))
      .where(and(visible(ctx), byAge.after(cursor)))
      .orderBy(...byAge.order)
      .limit(limit + 1);
    const { items, ...next } = byAge.page(rows, limit, ({ actor }) => [actor.createdAt, actor.id]);
    const roles = await rolesOf(
      ctx,
      items.map(({ actor }) => actor.id),
    );
    return {
      items: items.map(({ actor, email, passwordHash }) => ({
        personId: actor.id,
        name: actor.name,
        email,
        active: actor.active,
        hasPassword: passwordHash !== null,
        roles: roles.get(actor.id) ?? [],
        createdAt: actor.createdAt,
      })),
      ...next,
    };
  },
});

/** Those who hold a role on a brand whose people the caller sees. */
function visible(ctx: Context) {
  const brands = reachOf(ctx);
  if (brands === undefined) return undefined;
  const held = ctx.db
    .select({ one: sql`1` })
    .from(grants)
    .where(and(eq(grants.actorId, actors.id), inArray(grants.brandId, brands)));
  return exists(held);
}

async function rolesOf(ctx: Context, actorIds: readonly string[]) {
  const brands = reachOf(ctx);
  const held = await ctx.db
    .select()
    .from(grants)
    .where(and(inArray(grants.actorId, [...actorIds]), brands && inArray(grants.brandId, brands)))
    .orderBy(asc(grants.grantedAt), asc(grants.id));
  const roles = new Map<string, z.output<typeof heldRole>[]>();
  for (const grant of held) roles.set(grant.actorId, [...(roles.get(grant.actorId) ?? []), toHeldRole(grant)]);
  return roles;
}

/** The brands whose people the caller sees; undefined: the whole company. */
function reachOf(ctx: Context): string[] | undefined {
  const reach = ctx.actor.rights.get('identity.person.read');
  return reach === 'company' ? undefined : [...(reach ?? [])];
}
