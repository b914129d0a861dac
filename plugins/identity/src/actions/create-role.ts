import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assertCompanyWide, assertHoldsAll } from '../rights.ts';
import { roles } from '../schema.ts';
import { permissions, personName, roleId } from '../shapes.ts';

export const createRole = defineAction({
  name: 'identity.create-role',
  title: 'Make a role',
  description: 'Makes a role of permissions that you hold yourself. Give it with identity.grant-role.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.role.define',
  input: z.strictObject({ roleId: roleId.describe('A slug that stays, like "curator".'), name: personName, permissions }),
  output: z.strictObject({ roleId: z.string() }),
  undo: { action: 'identity.delete-role', withinSeconds: 24 * 3600, input: ({ roleId }) => ({ roleId }) },
  async handler(ctx, { roleId, name, permissions }) {
    assertCompanyWide(ctx, 'identity.role.define');
    await assertHoldsAll(ctx, permissions);
    await ctx.db.insert(roles).values({ id: roleId, name, permissions, createdAt: ctx.now });
    return { roleId };
  },
});
