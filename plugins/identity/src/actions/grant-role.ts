import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { grantRole } from '../grants.ts';
import { nothing, personId, place, role } from '../shapes.ts';

export const grantRoleAction = defineAction({
  name: 'identity.grant-role',
  title: 'Give a role',
  description:
    'Gives a person or an agent a role on the company, on one brand or on one department. Nobody gives what they lack. They have to sign in again.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.role.grant',
  input: z.strictObject({ personId, role, ...place }),
  output: nothing,
  undo: { action: 'identity.revoke-role', withinSeconds: 24 * 3600, input: (input) => input },
  async handler(ctx, { personId, ...given }) {
    await grantRole(ctx, personId, given);
    return {};
  },
});
