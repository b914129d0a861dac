import { type Context, defineAction, moment } from '@troupe-os/core';
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { actors, grants, people, sessions } from '../schema.ts';
import { enrolmentOf } from '../second-factor.ts';
import { sessionId } from '../sessions.ts';
import { heldRole, nothing, toHeldRole } from '../shapes.ts';

export const getMe = defineAction({
  name: 'identity.get-me',
  title: 'Who am I',
  description: 'Says who is calling, with which roles and permissions, and until when the session lasts. Guests may ask too.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.me.read',
  input: nothing,
  output: z.strictObject({
    id: z.string(),
    kind: z.enum(['user', 'agent', 'service', 'guest', 'operator']),
    name: z.string(),
    email: z.string().optional(),
    hasPassword: z.boolean(),
    hasAuthenticator: z.boolean().describe('Whether a sign-in needs a code.'),
    needsSecondFactor: z
      .literal(true)
      .optional()
      .describe(
        'Whoever is in charge here enrols a second factor, or signs in with theirs, before anything else is open to them.',
      ),
    onBehalfOf: z.strictObject({ id: z.string(), name: z.string() }).optional(),
    roles: z.array(heldRole),
    permissions: z.array(
      z.strictObject({ name: z.string(), brands: z.array(z.string()).optional().describe('Absent: the whole company.') }),
    ),
    session: z.strictObject({ expiresAt: moment, absoluteAt: moment }).optional(),
  }),
  async handler(ctx) {
    const { id, kind, name, rights, owesProof } = ctx.actor;
    return {
      id,
      kind,
      name,
      ...(await recordOf(ctx)),
      ...(owesProof && { needsSecondFactor: true as const }),
      ...(ctx.onBehalfOf && { onBehalfOf: { id: ctx.onBehalfOf.id, name: ctx.onBehalfOf.name } }),
      permissions: [...rights].map(([permission, reach]) => ({
        name: permission,
        ...(reach !== 'company' && { brands: [...reach] }),
      })),
    };
  },
});

async function recordOf(ctx: Context) {
  if (ctx.actor.kind === 'operator') return { hasPassword: false, hasAuthenticator: false, roles: [{ role: 'owner' as const }] };
  if (ctx.actor.kind !== 'user' && ctx.actor.kind !== 'agent') return { hasPassword: false, hasAuthenticator: false, roles: [] };
  const [person] = await ctx.db
    .select({ personId: people.actorId, email: people.email, passwordHash: people.passwordHash })
    .from(actors)
    .leftJoin(people, eq(people.actorId, actors.id))
    .where(eq(actors.id, ctx.actor.id));
  const held = await ctx.db.select().from(grants).where(eq(grants.actorId, ctx.actor.id)).orderBy(asc(grants.grantedAt));
  const session = await ownSession(ctx);
  return {
    ...(person?.email && { email: person.email }),
    hasPassword: Boolean(person?.passwordHash),
    hasAuthenticator: (await enrolmentOf(ctx.db, ctx.actor.id)) !== undefined,
    roles: held.map(toHeldRole),
    ...(session && { session }),
  };
}

async function ownSession(ctx: Context) {
  const id = sessionId(ctx.credential);
  if (!id) return undefined;
  const [session] = await ctx.db
    .select({ expiresAt: sessions.expiresAt, absoluteAt: sessions.absoluteAt })
    .from(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.actorId, ctx.actor.id)));
  return session;
}
