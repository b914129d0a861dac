import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { grantRole } from '../grants.ts';
import { nothing, onBrand, personId, role } from '../shapes.ts';

export const grantRoleAction = defineAction({
  name: 'identity.grant-role',
  title: 'Give a role',
  description:
    'Gives a person or an agent a role on the company or on one brand. Nobody gives what they lack. They have to sign in again.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.role.grant',
  input: z.strictObject({ personId, role, brandId: onBrand }),
  output: nothing,
  undo: { action: 'identity.revoke-role', withinSeconds: 24 * 3600, input: (input) => input },
  async handler(ctx, { personId, role, brandId }) {
    await grantRole(ctx, personId, { role, brandId });
    return {};
  },
});
