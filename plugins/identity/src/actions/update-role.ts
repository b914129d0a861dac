import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { endInvitations } from '../invitations.ts';
import { assertHoldsAll, assertMayGive } from '../rights.ts';
import { holdersOf, openRole } from '../roles.ts';
import { roles } from '../schema.ts';
import { endSessions } from '../sessions.ts';
import { nothing, permissions, personName, roleId } from '../shapes.ts';

export const updateRole = defineAction({
  name: 'identity.update-role',
  title: 'Change a role',
  description:
    'Changes the name or the permissions of a role of the company. You could give it as it is, and hold all that it will hold. Whoever holds it signs in again when its permissions change.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.role.define',
  input: z.strictObject({ roleId, name: personName.optional(), permissions: permissions.optional() }),
  output: nothing,
  async handler(ctx, { roleId, name, permissions }) {
    if (name === undefined && permissions === undefined) throw identityErrors.nothing_to_change();
    await openRole(ctx, roleId);
    await assertMayGive(ctx, { role: roleId });
    if (permissions) await assertHoldsAll(ctx, permissions);
    const change = { ...(name !== undefined && { name }), ...(permissions && { permissions }) };
    await ctx.db.update(roles).set(change).where(eq(roles.id, roleId));
    if (!permissions) return {};
    const holders = await holdersOf(ctx, roleId);
    for (const holder of holders) {
      await endSessions(ctx, holder);
      await endInvitations(ctx, holder);
    }
    return {};
  },
});
