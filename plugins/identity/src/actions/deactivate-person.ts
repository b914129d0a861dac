import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { deactivate } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { nothing, personId } from '../shapes.ts';

export const deactivatePerson = defineAction({
  name: 'identity.deactivate-person',
  title: 'Deactivate a person',
  description:
    'Takes all access from a person or an agent at once: sessions, tokens and links end. What they did stays recorded.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.person.manage',
  input: z.strictObject({ personId }),
  output: nothing,
  undo: { action: 'identity.reactivate-person', withinSeconds: 30 * 24 * 3600, input: (input) => input },
  async handler(ctx, { personId }) {
    await assertMayManage(ctx, personId);
    await deactivate(ctx, personId);
    return {};
  },
});
