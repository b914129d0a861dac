import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { sessions } from '../schema.ts';
import { ownSessionId } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const signOut = defineAction({
  name: 'identity.sign-out',
  title: 'Sign out',
  description: 'Ends the session that this call comes with.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'identity.session.manage',
  input: nothing,
  output: nothing,
  async handler(ctx) {
    await ctx.db.delete(sessions).where(eq(sessions.id, ownSessionId(ctx)));
    return {};
  },
});
