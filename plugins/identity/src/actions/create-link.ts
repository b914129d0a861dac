import { defineAction, moment, secret } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { isAnother, takeBack } from '../handed-over.ts';
import { tellPerson } from '../letters.ts';
import { createLink } from '../links.ts';
import { ownActorId } from '../people.ts';
import { assertMayTouchWayIn } from '../rights.ts';
import { actors, people } from '../schema.ts';
import { personId } from '../shapes.ts';

const MADE_FOR_YOU = {
  subject: 'A link was made that signs in as you',
  text: 'Somebody in charge has made a link that signs in as you, once and within a quarter of an hour. If you did not ask for one, tell an Owner. Who made it stands in the record.',
};

export const createLinkAction = defineAction({
  name: 'identity.create-link',
  title: 'Make a sign-in link',
  description:
    'Makes the secret of a link that signs a person in once, within a quarter of an hour; they are told by mail, and in what it opens nothing is decided in their name. Without a person the operator of this machine gets one for the first Owner, anybody else one for themselves.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.person.manage',
  input: z.strictObject({ personId: personId.optional() }),
  output: z.strictObject({ link: secret(), expiresAt: moment, personId: z.string() }),
  async handler(ctx, input) {
    const actorId = input.personId ?? (await ownActorId(ctx));
    await assertMayTouchWayIn(ctx, actorId);
    const [person] = await ctx.db
      .select({ id: people.actorId })
      .from(people)
      .innerJoin(actors, eq(actors.id, people.actorId))
      .where(and(eq(people.actorId, actorId), eq(actors.active, true)));
    if (!person) throw identityErrors.unknown_person();
    const handedOver = isAnother(ctx, actorId);
    if (ctx.actor.kind === 'operator') await takeBack(ctx, actorId);
    if (handedOver && actorId !== ctx.actor.id) await tellPerson(ctx, actorId, MADE_FOR_YOU);
    return { ...(await createLink(ctx, actorId, { handedOver })), personId: actorId };
  },
});
