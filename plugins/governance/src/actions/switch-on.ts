import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { SWITCH_KINDS, switches } from '../schema.ts';

export const switchOn = defineAction({
  name: 'governance.switch-on',
  title: 'Switch on again',
  description: 'Lets an actor, a plugin or an action work again that was switched off.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.switch.set',
  input: z.strictObject({ kind: z.enum(SWITCH_KINDS), target: z.string().min(1).max(200) }),
  output: z.strictObject({}),
  async handler(ctx, { kind, target }) {
    const [gone] = await ctx.db
      .delete(switches)
      .where(and(eq(switches.kind, kind), eq(switches.target, target)))
      .returning({ target: switches.target });
    if (!gone) throw governanceErrors.not_switched_off({ kind, target });
    return {};
  },
});
