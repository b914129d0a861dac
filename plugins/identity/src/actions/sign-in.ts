import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { accountMark, assertTriesLeft } from '../attempts.ts';
import { identityErrors } from '../errors.ts';
import { passwords } from '../passwords.ts';
import { admit } from '../pending-sign-ins.ts';
import { actors, people } from '../schema.ts';
import { device, signedIn, typedEmail, typedPassword } from '../shapes.ts';

export const signIn = defineAction({
  name: 'identity.sign-in',
  title: 'Sign in',
  description:
    'Opens a session with an e-mail address and a password, or asks for a code too where somebody has an authenticator. After ten wrong tries it waits for a quarter of an hour.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // what the device calls itself
  personal: ['device'],
  input: z.strictObject({ email: typedEmail, password: typedPassword, device }),
  output: z.strictObject({ ...signedIn, name: z.string() }),
  async prepare({ db, address, now }, { email, password }) {
    const [person] = await db
      .select({ actorId: people.actorId, hash: people.passwordHash })
      .from(people)
      .innerJoin(actors, and(eq(actors.id, people.actorId), eq(actors.active, true)))
      .where(eq(people.email, email.toLowerCase()));
    // counted when it is this check's turn, so that a burst is not let through before its first failure is recorded
    const right = await passwords.verify(password, person?.hash ?? undefined, () =>
      assertTriesLeft(db, { account: accountMark(email), address, now }),
    );
    if (!right || !person) throw identityErrors.wrong_credentials({ account: accountMark(email) });
    return { actorId: person.actorId, hash: person.hash ?? '' };
  },
  async handler(ctx, input, { actorId, hash }) {
    const [person] = await ctx.db
      .select({ name: actors.name })
      .from(people)
      .innerJoin(actors, and(eq(actors.id, people.actorId), eq(actors.active, true)))
      .where(and(eq(people.actorId, actorId), eq(people.passwordHash, hash)));
    if (!person) throw identityErrors.wrong_credentials({ account: accountMark(input.email) });
    return { ...(await admit(ctx, { actorId, openedBy: 'password', device: input.device })), name: person.name };
  },
});
