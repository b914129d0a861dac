import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assertCompanyWide } from '../rights.ts';
import { departments } from '../schema.ts';
import { departmentId, personName } from '../shapes.ts';

export const createDepartment = defineAction({
  name: 'identity.create-department',
  title: 'Add a department',
  description:
    'Adds a department. Whoever is given a role on it with identity.grant-role belongs to it, and rules can ask for that role.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.department.manage',
  input: z.strictObject({ departmentId: departmentId.describe('A slug that stays, like "finance".'), name: personName }),
  output: z.strictObject({ departmentId: z.string() }),
  async handler(ctx, { departmentId, name }) {
    assertCompanyWide(ctx, 'identity.department.manage');
    await ctx.db.insert(departments).values({ id: departmentId, name, createdAt: ctx.now });
    return { departmentId };
  },
});
