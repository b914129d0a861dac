import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { enrolmentOf, renewRecoveryCodes } from '../second-factor.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const renewRecoveryCodesAction = defineAction({
  name: 'identity.renew-recovery-codes',
  title: 'Make new recovery codes',
  description: 'Shows ten new recovery codes once. Those before are of no use any more.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.second-factor.manage',
  input: nothing,
  output: z.strictObject({ recoveryCodes: z.array(secret()) }),
  async handler(ctx) {
    const actorId = await assertFresh(ctx);
    if (!(await enrolmentOf(ctx.db, actorId))) throw identityErrors.no_authenticator();
    await assertMayProve(ctx);
    await assertMayChangeFactors(ctx, actorId);
    return { recoveryCodes: await renewRecoveryCodes(ctx, actorId) };
  },
});
