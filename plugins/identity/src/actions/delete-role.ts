import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { openRole } from '../roles.ts';
import { roles } from '../schema.ts';
import { nothing, roleId } from '../shapes.ts';

export const deleteRole = defineAction({
  name: 'identity.delete-role',
  title: 'Delete a role',
  description: 'Deletes a role of the company that nobody holds.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.role.define',
  input: z.strictObject({ roleId }),
  output: nothing,
  async handler(ctx, { roleId }) {
    await openRole(ctx, roleId);
    await ctx.db.delete(roles).where(eq(roles.id, roleId));
    return {};
  },
});
