import { type Context, defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, gt, isNull, or } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertCompanyWide, assertMayManage } from '../rights.ts';
import { tokens } from '../schema.ts';
import { personId } from '../shapes.ts';

const newestFirst = keyset('identity.list-tokens', { descending: [tokens.createdAt, tokens.id] });

export const listTokens = defineAction({
  name: 'identity.list-tokens',
  title: 'Access tokens',
  description:
    'Lists your tokens that work, and those that you made for an actor of its own; with a person, those of that person; or those of everybody.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.token.manage',
  entries: { id: 'tokenId', inputs: ['tokenId'], names: ['name'] },
  input: z.strictObject({ personId: personId.optional(), everybody: z.boolean().default(false), ...pageInput }),
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
    const rows = await ctx.db
      .select()
      .from(tokens)
      .where(and(whose, isNull(tokens.revokedAt), gt(tokens.expiresAt, ctx.now), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, (row) => [row.createdAt, row.id]);
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
