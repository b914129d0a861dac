import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { assertCompanyWide } from '../rights.ts';
import { actors, grants } from '../schema.ts';
import { departmentId } from '../shapes.ts';

const byId = keyset('identity.list-members', { ascending: [grants.id] });

export const listMembers = defineAction({
  name: 'identity.list-members',
  title: 'Members of a department',
  description: 'Lists the people and agents who hold a role on a department, each once for each role.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.person.read',
  input: z.strictObject({ departmentId, ...pageInput }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        actorId: z.string(),
        kind: z.enum(['user', 'agent']),
        name: z.string(),
        active: z.boolean(),
        role: z.string(),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { departmentId, limit, cursor }) {
    assertCompanyWide(ctx, 'identity.person.read');
    const rows = await ctx.db
      .select({
        grantId: grants.id,
        actorId: actors.id,
        kind: actors.kind,
        name: actors.name,
        active: actors.active,
        role: grants.role,
      })
      .from(grants)
      .innerJoin(actors, eq(actors.id, grants.actorId))
      .where(and(eq(grants.departmentId, departmentId), byId.after(cursor)))
      .orderBy(...byId.order)
      .limit(limit + 1);
    const { items, ...next } = byId.page(rows, limit, (row) => [row.grantId]);
    return { items: items.map(({ grantId: _, ...member }) => member), ...next };
  },
});
