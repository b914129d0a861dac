import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { setArchived } from '../departments.ts';
import { assertCompanyWide } from '../rights.ts';
import { departmentId, nothing } from '../shapes.ts';

export const restoreDepartment = defineAction({
  name: 'identity.restore-department',
  title: 'Restore a department',
  description: 'Restores an archived department: the roles that are held on it count again.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.department.manage',
  input: z.strictObject({ departmentId }),
  output: nothing,
  async handler(ctx, { departmentId }) {
    assertCompanyWide(ctx, 'identity.department.manage');
    await setArchived(ctx, departmentId, false);
    return {};
  },
});
