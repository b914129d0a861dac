import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { assertCompanyWide } from '../rights.ts';
import { departments } from '../schema.ts';
import { departmentId, nothing, personName } from '../shapes.ts';

export const renameDepartment = defineAction({
  name: 'identity.rename-department',
  title: 'Rename a department',
  description: 'Gives a department another name. Its id stays.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'identity.department.manage',
  input: z.strictObject({ departmentId, name: personName }),
  output: nothing,
  async handler(ctx, { departmentId, name }) {
    assertCompanyWide(ctx, 'identity.department.manage');
    const renamed = await ctx.db
      .update(departments)
      .set({ name })
      .where(eq(departments.id, departmentId))
      .returning({ id: departments.id });
    if (renamed.length === 0) throw identityErrors.unknown_department();
    return {};
  },
});
