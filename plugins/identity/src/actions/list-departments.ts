import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { departments } from '../schema.ts';

const byId = keyset('identity.list-departments', { ascending: [departments.id] });

export const listDepartments = defineAction({
  name: 'identity.list-departments',
  title: 'Departments',
  description: 'Lists the departments of the company, by their ids in order; archived ones only when they are asked for.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.department.read',
  entries: { id: 'departmentId', inputs: ['departmentId'], names: ['name'] },
  input: z.strictObject({ archived: z.boolean().default(false).describe('Archived ones too.'), ...pageInput }),
  output: z.strictObject({
    items: z.array(z.strictObject({ departmentId: z.string(), name: z.string(), archived: z.boolean() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { archived, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(departments)
      .where(and(archived ? undefined : isNull(departments.archivedAt), byId.after(cursor)))
      .orderBy(...byId.order)
      .limit(limit + 1);
    const { items, ...next } = byId.page(rows, limit, (row) => [row.id]);
    return {
      items: items.map(({ id, name, archivedAt }) => ({ departmentId: id, name, archived: archivedAt !== null })),
      ...next,
    };
  },
});
