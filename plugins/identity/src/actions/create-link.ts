import { defineAction, moment, secret } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { createLink } from '../links.ts';
import { ownActorId } from '../people.ts';
import { assertMayManage, assertMayOpenWayIn, assertNoOthersAuditor, assertUncut } from '../rights.ts';
import { actors, people } from '../schema.ts';
import { personId } from '../shapes.ts';

export const createLinkAction = defineAction({
  name: 'identity.create-link',
  title: 'Make a sign-in link',
  description:
    'Makes the secret of a link that signs a person in once, within a quarter of an hour. Without a person the operator of this machine gets one for the first Owner, anybody else one for themselves.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.person.manage',
  input: z.strictObject({ personId: personId.optional() }),
  output: z.strictObject({ link: secret(), expiresAt: moment, personId: z.string() }),
  async handler(ctx, input) {
    const actorId = input.personId ?? (await ownActorId(ctx));
    await assertMayManage(ctx, actorId);
    await assertNoOthersAuditor(ctx, actorId);
    await assertMayOpenWayIn(ctx, actorId);
    await assertUncut(ctx);
    const [person] = await ctx.db
      .select({ id: people.actorId })
      .from(people)
      .innerJoin(actors, eq(actors.id, people.actorId))
      .where(and(eq(people.actorId, actorId), eq(actors.active, true)));
    if (!person) throw identityErrors.unknown_person();
    return { ...(await createLink(ctx, actorId)), personId: actorId };
  },
});
