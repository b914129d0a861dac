import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { roles } from '../schema.ts';

const byId = keyset('identity.list-roles', { ascending: [roles.id] });

export const listRoles = defineAction({
  name: 'identity.list-roles',
  title: 'Roles',
  description: 'Lists the roles that can be given, by their ids in order, and what those of the company hold.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.role.read',
  entries: {
    id: 'roleId',
    inputs: [
      'roleId',
      'identity.grant-role.role',
      'identity.revoke-role.role',
      'identity.invite-person.role',
      'identity.create-token.role',
    ],
    names: ['name'],
  },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        roleId: z.string(),
        name: z.string(),
        permissions: z.array(z.string()).optional().describe('Absent: built in, with what the plugins declare for it.'),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(roles)
      .where(byId.after(cursor))
      .orderBy(...byId.order)
      .limit(limit + 1);
    const { items, ...next } = byId.page(rows, limit, (row) => [row.id]);
    return {
      items: items.map(({ id, name, permissions }) => ({ roleId: id, name, ...(permissions && { permissions }) })),
      ...next,
    };
  },
});
