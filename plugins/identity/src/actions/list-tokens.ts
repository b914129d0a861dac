import { type Context, defineAction, moment } from '@troupe-os/core';
import { and, desc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { cutPage, readMoment } from '../pages.ts';
import { ownActorId } from '../people.ts';
import { assertCompanyWide, assertMayManage } from '../rights.ts';
import { tokens } from '../schema.ts';
import { cursor, limit, personId } from '../shapes.ts';

export const listTokens = defineAction({
  name: 'identity.list-tokens',
  title: 'Access tokens',
  description:
    'Lists your tokens that work, and those that you made for an actor of its own; with a person, those of that person; or those of everybody.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.token.manage',
  input: z.strictObject({ personId: personId.optional(), everybody: z.boolean().default(false), limit, cursor }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        tokenId: z.string(),
        name: z.string(),
        prefix: z.string(),
        actorId: z.string(),
        scopes: z.array(z.string()).optional().describe('Absent: all that its actor may do.'),
        createdAt: moment,
        expiresAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { personId, everybody, limit, cursor }) {
    const whose = everybody ? everybodys(ctx) : await tokensOf(ctx, personId);
    const place = cursor === undefined ? undefined : readMoment(cursor);
    const rows = await ctx.db
      .select()
      .from(tokens)
      .where(
        and(
          whose,
          isNull(tokens.revokedAt),
          gt(tokens.expiresAt, ctx.now),
          place && or(lt(tokens.createdAt, place.at), and(eq(tokens.createdAt, place.at), lt(tokens.id, place.id))),
        ),
      )
      .orderBy(desc(tokens.createdAt), desc(tokens.id))
      .limit(limit + 1);
    const { items, ...next } = cutPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    return {
      items: items.map(({ id, name, prefix, actorId, scopes, createdAt, expiresAt }) => ({
        tokenId: id,
        name,
        prefix,
        actorId,
        ...(scopes !== null && { scopes }),
        createdAt,
        expiresAt,
      })),
      ...next,
    };
  },
});

function everybodys(ctx: Context) {
  assertCompanyWide(ctx, 'identity.credential.read');
  return undefined;
}

async function tokensOf(ctx: Context, personId: string | undefined) {
  if (personId !== undefined && personId !== ctx.actor.id) await assertMayManage(ctx, personId);
  const actorId = personId ?? (await ownActorId(ctx));
  return or(eq(tokens.actorId, actorId), eq(tokens.createdBy, personId ?? ctx.actor.id));
}
