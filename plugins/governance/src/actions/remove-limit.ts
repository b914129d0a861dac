import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { limits } from '../schema.ts';

export const removeLimit = defineAction({
  name: 'governance.remove-limit',
  title: 'Remove a limit',
  description: 'Takes a limit away, with what has been used of it.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.rule.set',
  input: z.strictObject({ limitId: z.uuid() }),
  output: z.strictObject({}),
  async handler(ctx, { limitId }) {
    const [gone] = await ctx.db.delete(limits).where(eq(limits.id, limitId)).returning({ id: limits.id });
    if (!gone) throw governanceErrors.unknown_limit({ limitId });
    return {};
  },
});
