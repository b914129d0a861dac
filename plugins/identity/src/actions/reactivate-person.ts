import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { assertMayManage } from '../rights.ts';
import { actors } from '../schema.ts';
import { nothing, personId } from '../shapes.ts';

export const reactivatePerson = defineAction({
  name: 'identity.reactivate-person',
  title: 'Reactivate a person',
  description: 'Lets a deactivated person or agent act again, with the roles held before. Sessions and tokens stay ended.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.person.manage',
  input: z.strictObject({ personId }),
  output: nothing,
  async handler(ctx, { personId }) {
    await assertMayManage(ctx, personId);
    const changed = await ctx.db
      .update(actors)
      .set({ active: true })
      .where(and(eq(actors.id, personId), eq(actors.active, false)))
      .returning({ id: actors.id });
    if (changed.length === 0) throw identityErrors.unknown_person();
    return {};
  },
});
