import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { voidLinks } from '../links.ts';
import { noteOthersHand } from '../others-hand.ts';
import { assertMayManage, assertMayTouchWayIn } from '../rights.ts';
import { actors, people } from '../schema.ts';
import { email, nothing, personId, personName } from '../shapes.ts';

export const updatePerson = defineAction({
  name: 'identity.update-person',
  title: 'Change a person',
  description:
    'Changes the name or the e-mail address of a person. Of another address they are told at the one before, and for a day nothing is decided in their name.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.person.manage',
  personal: ['name'],
  input: z.strictObject({ personId, name: personName.optional(), email: email.optional() }),
  output: nothing,
  async handler(ctx, { personId, name, email }) {
    await (email === undefined ? assertMayManage(ctx, personId) : assertMayTouchWayIn(ctx, personId));
    const [person] = await ctx.db.select().from(people).where(eq(people.actorId, personId)).for('update');
    if (!person) throw identityErrors.unknown_person();
    if (name !== undefined) await ctx.db.update(actors).set({ name }).where(eq(actors.id, personId));
    if (email !== undefined) {
      const changed = email.toLowerCase();
      await ctx.db.update(people).set({ email: changed }).where(eq(people.actorId, personId));
      if (changed !== person.email) await noteOthersHand(ctx, personId, 'address', person.email);
      await voidLinks(ctx, personId);
    }
    return {};
  },
});
