import { defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { linkedIdentities } from '../schema.ts';
import { personId } from '../shapes.ts';

const byAge = keyset('identity.list-identities', { ascending: [linkedIdentities.linkedAt, linkedIdentities.id] });

export const listIdentities = defineAction({
  name: 'identity.list-identities',
  title: 'Linked accounts',
  description: 'Lists the accounts elsewhere that sign you in; with a person, that person, for those who manage people.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.link.manage',
  entries: { id: 'identityId', inputs: ['identityId'], names: ['label'], about: ['provider', 'label'] },
  input: z.strictObject({ personId: personId.optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(z.strictObject({ identityId: z.string(), provider: z.string(), label: z.string(), linkedAt: moment })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { personId, limit, cursor }) {
    const actorId = personId ?? (await ownActorId(ctx));
    if (actorId !== ctx.actor.id) await assertMayManage(ctx, actorId);
    const rows = await ctx.db
      .select()
      .from(linkedIdentities)
      .where(and(eq(linkedIdentities.actorId, actorId), byAge.after(cursor)))
      .orderBy(...byAge.order)
      .limit(limit + 1);
    const { items, ...next } = byAge.page(rows, limit, (row) => [row.linkedAt, row.id]);
    return { items: items.map(({ id, provider, label, linkedAt }) => ({ identityId: id, provider, label, linkedAt })), ...next };
  },
});
