import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { endApp } from '../access.ts';
import { nothing } from '../shapes.ts';

export const revokeApp = defineAction({
  name: 'identity.revoke-app',
  title: 'End what an app may do',
  description: 'Takes all access from an app that acts for you, or for a person whom you manage, at once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.app.manage',
  input: z.strictObject({ appId: z.uuid().describe('The id, as identity.list-apps answers it.') }),
  output: nothing,
  async handler(ctx, { appId }) {
    await endApp(ctx, appId);
    return {};
  },
});
