import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { wantLink } from '../letters.ts';
import { actors, people } from '../schema.ts';
import { nothing, typedEmail } from '../shapes.ts';

export const requestLink = defineAction({
  name: 'identity.request-link',
  title: 'Have a sign-in link sent',
  description:
    'Sends a sign-in link to an e-mail address, if somebody here has it. The answer is the same if nobody does. Three in a quarter of an hour at most.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.session.open',
  input: z.strictObject({ email: typedEmail }),
  output: nothing,
  async prepare({ db }, { email }) {
    const [person] = await db
      .select({ actorId: actors.id })
      .from(people)
      .innerJoin(actors, and(eq(actors.id, people.actorId), eq(actors.active, true)))
      .where(eq(people.email, email.toLowerCase()));
    return person?.actorId;
  },
  async handler(ctx, { email }, actorId) {
    await wantLink(ctx, email, actorId);
    return {};
  },
});
