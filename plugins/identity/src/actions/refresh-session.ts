import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { extendSession } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const refreshSession = defineAction({
  name: 'identity.refresh-session',
  title: 'Stay signed in',
  description: 'Lets the session of this call last for seven more days, but no longer than its absolute end.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'identity.session.manage',
  input: nothing,
  output: z.strictObject({ expiresAt: moment }),
  handler: extendSession,
});
