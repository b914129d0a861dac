import { defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { passkeys } from '../schema.ts';
import { personId } from '../shapes.ts';

const byAge = keyset('identity.list-passkeys', { ascending: [passkeys.addedAt, passkeys.id] });

export const listPasskeys = defineAction({
  name: 'identity.list-passkeys',
  title: 'Passkeys',
  description: 'Lists the passkeys that sign you in; with a person, that person, for those who manage people.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.passkey.manage',
  entries: { id: 'passkeyId', inputs: ['passkeyId'], names: ['name'] },
  input: z.strictObject({ personId: personId.optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(z.strictObject({ passkeyId: z.string(), name: z.string(), addedAt: moment, usedAt: moment.optional() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { personId, limit, cursor }) {
    const actorId = personId ?? (await ownActorId(ctx));
    if (actorId !== ctx.actor.id) await assertMayManage(ctx, actorId);
    const rows = await ctx.db
      .select()
      .from(passkeys)
      .where(and(eq(passkeys.actorId, actorId), byAge.after(cursor)))
      .orderBy(...byAge.order)
      .limit(limit + 1);
    const { items, ...next } = byAge.page(rows, limit, (row) => [row.addedAt, row.id]);
    return {
      items: items.map(({ id, name, addedAt, usedAt }) => ({ passkeyId: id, name, addedAt, ...(usedAt && { usedAt }) })),
      ...next,
    };
  },
});
