import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { PROVIDERS, providersOf } from '../providers.ts';
import { nothing } from '../shapes.ts';

export const listWaysIn = defineAction({
  name: 'identity.list-ways-in',
  title: 'Ways to sign in',
  description: 'Lists the sites over which one can sign in here.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.session.open',
  input: nothing,
  output: z.strictObject({ providers: z.array(z.strictObject({ provider: z.enum(PROVIDERS), title: z.string() })) }),
  prepare: async ({ settings }) => providersOf(settings),
  handler: async (_ctx, _input, providers) => ({ providers }),
});
