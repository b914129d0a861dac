import { defineAction, secret } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { authenticators, people } from '../schema.ts';
import { keyOf } from '../second-factor.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve } from '../sessions.ts';
import { nothing } from '../shapes.ts';
import { base32, keyUri } from '../totp.ts';

const ISSUER = 'Troupe';

export const enrolAuthenticator = defineAction({
  name: 'identity.enrol-authenticator',
  title: 'Enrol an authenticator',
  description:
    'Shows once the key that your authenticator app makes codes from. Nothing changes until you confirm it with a code (identity.confirm-authenticator).',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.second-factor.manage',
  input: nothing,
  output: z.strictObject({
    key: secret().describe('To be typed into the app.'),
    uri: secret().describe('The same as a link or picture.'),
  }),
  async prepare(tools) {
    const actorId = await assertFresh(tools);
    const [person] = await tools.db.select({ email: people.email }).from(people).where(eq(people.actorId, actorId));
    if (!person) throw identityErrors.unknown_person();
    const enrolment = crypto.randomUUID();
    const key = keyOf(tools, enrolment);
    return { enrolment, shown: { key: base32(key), uri: keyUri({ key, issuer: ISSUER, account: person.email }) } };
  },
  async handler(ctx, _input, { enrolment, shown }) {
    const own = eq(authenticators.actorId, ctx.actor.id);
    const [held] = await ctx.db.select().from(authenticators).where(own).for('update');
    if (held?.confirmedAt) throw identityErrors.already_enrolled();
    await assertMayProve(ctx, { enrols: true });
    await assertMayChangeFactors(ctx, ctx.actor.id);
    if (held) await ctx.db.update(authenticators).set({ enrolment, createdAt: ctx.now }).where(own);
    else await ctx.db.insert(authenticators).values({ actorId: ctx.actor.id, enrolment, createdAt: ctx.now });
    return shown;
  },
});
