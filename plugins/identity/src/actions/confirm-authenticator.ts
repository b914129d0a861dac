import { defineAction, secret } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { noteProof } from '../handed-over.ts';
import { authenticators } from '../schema.ts';
import { keyOf, renewRecoveryCodes } from '../second-factor.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve, endSessions, noteSecondProof, sessionId } from '../sessions.ts';
import { typedCode } from '../shapes.ts';
import { stepOfCode } from '../totp.ts';

export const confirmAuthenticator = defineAction({
  name: 'identity.confirm-authenticator',
  title: 'Confirm an authenticator',
  description:
    'Proves with a code that your authenticator works. From then on every sign-in needs one. Shows once ten recovery codes, of which each replaces one code. Your other sessions end.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.second-factor.manage',
  input: z.strictObject({ code: typedCode }),
  output: z.strictObject({ recoveryCodes: z.array(secret()) }),
  async prepare(tools, { code }) {
    const actorId = await assertFresh(tools);
    const open = and(eq(authenticators.actorId, actorId), isNull(authenticators.confirmedAt));
    const [held] = await tools.db.select().from(authenticators).where(open);
    if (!held) throw identityErrors.no_authenticator();
    const step = stepOfCode(keyOf(tools, held.enrolment), code, tools.now);
    if (step === undefined) throw identityErrors.wrong_code();
    return { enrolment: held.enrolment, step };
  },
  async handler(ctx, _input, { enrolment, step }) {
    await assertMayProve(ctx, { enrols: true });
    await assertMayChangeFactors(ctx, ctx.actor.id);
    const confirmed = await ctx.db
      .update(authenticators)
      .set({ confirmedAt: ctx.now, lastStep: step })
      .where(and(eq(authenticators.enrolment, enrolment), isNull(authenticators.confirmedAt)))
      .returning({ actorId: authenticators.actorId });
    if (confirmed.length === 0) throw identityErrors.no_authenticator();
    await endSessions(ctx, ctx.actor.id, sessionId(ctx.credential));
    await noteSecondProof(ctx);
    await noteProof(ctx);
    return { recoveryCodes: await renewRecoveryCodes(ctx, ctx.actor.id) };
  },
});
