import { type Context, defineAction, moment, type Role, secret } from '@troupe-os/core';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { recordGrant } from '../grants.ts';
import { addActor, ownActorId } from '../people.ts';
import { assertMayGive, covers, ownToken } from '../rights.ts';
import { tokens } from '../schema.ts';
import { makeSecret } from '../secrets.ts';
import { assertOwnSession } from '../sessions.ts';
import { builtInRole, personName, place } from '../shapes.ts';

const DAY_MS = 24 * 3_600_000;

export const createToken = defineAction({
  name: 'identity.create-token',
  title: 'Make an access token',
  description:
    'Makes a token for scripts and clients. It acts as you, cut down to its scopes; with a role it acts as an actor of its own that holds just that role. It is shown once.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.token.manage',
  personal: ['name'],
  input: z.strictObject({
    name: personName.describe('What the token is for.'),
    scopes: z
      .array(z.string().regex(/^(\*|[a-z0-9]+\.\*|[a-z0-9]+(\.[a-z0-9-]+){2})$/, 'A scope is a permission, "plugin.*" or "*".'))
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Permissions that the token is cut down to; "ledger.*" covers a plugin, "*" all. What those in charge do themselves, like inviting people or setting rules, it may only where it is named. Without it: "*".',
      ),
    expiresInDays: z.int().min(1).max(365).default(90),
    role: builtInRole.optional().describe('Makes an actor of its own with this role, which you must be able to give.'),
    brandId: place.brandId,
  }),
  output: z.strictObject({ tokenId: z.string(), token: secret(), prefix: z.string(), actorId: z.string(), expiresAt: moment }),
  async handler(ctx, { name, scopes, expiresInDays, role, brandId }) {
    assertOwnSession(ctx);
    const presented = await ownToken(ctx);
    const actorId = role ? await addHolder(ctx, { name, role, brandId }) : await ownActorId(ctx);
    const { secret, hash, prefix } = makeSecret('trp_');
    const wanted = new Date(ctx.now.getTime() + expiresInDays * DAY_MS);
    const token = {
      id: crypto.randomUUID(),
      tokenHash: hash,
      prefix,
      actorId,
      name,
      scopes: scopesWithin(ctx, presented.scopes, scopes),
      createdBy: ctx.actor.id,
      createdAt: ctx.now,
      // a token makes none that outlives it
      expiresAt: presented.expiresAt && presented.expiresAt < wanted ? presented.expiresAt : wanted,
    };
    await ctx.db.insert(tokens).values(token);
    return { tokenId: token.id, token: secret, prefix, actorId, expiresAt: token.expiresAt };
  },
});

async function addHolder(
  ctx: Context,
  { name, role, brandId }: { name: string; role: Role; brandId: string | undefined },
): Promise<string> {
  await assertMayGive(ctx, { role, brandId });
  const actorId = await addActor(ctx, { kind: 'user', name });
  await recordGrant(ctx, actorId, { role, brandId });
  return actorId;
}

/** Null: as `*`. A token makes none that may do more than itself. */
function scopesWithin(ctx: Context, own: readonly string[] | undefined, wanted: string[] | undefined): string[] | null {
  if (!own) return wanted ?? null;
  if (wanted?.some((scope) => !covers(ctx, own, scope))) throw identityErrors.beyond_own_rights({ scopes: own });
  return wanted ?? [...own];
}
