import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { revokeRole } from '../grants.ts';
import { nothing, personId, place, role } from '../shapes.ts';

export const revokeRoleAction = defineAction({
  name: 'identity.revoke-role',
  title: 'Take a role back',
  description: 'Takes a role from a person or an agent. The last active Owner of the company stays.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.role.grant',
  input: z.strictObject({ personId, role, ...place }),
  output: nothing,
  undo: { action: 'identity.grant-role', withinSeconds: 24 * 3600, input: (input) => input },
  async handler(ctx, { personId, ...given }) {
    await revokeRole(ctx, personId, given);
    return {};
  },
});
