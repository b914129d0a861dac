import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { setArchived } from '../departments.ts';
import { assertCompanyWide } from '../rights.ts';
import { departmentId, nothing } from '../shapes.ts';

export const archiveDepartment = defineAction({
  name: 'identity.archive-department',
  title: 'Archive a department',
  description: 'Archives a department: the roles that are held on it count for nothing until it is restored.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.department.manage',
  input: z.strictObject({ departmentId }),
  output: nothing,
  undo: { action: 'identity.restore-department', withinSeconds: 30 * 24 * 3600, input: (input) => input },
  async handler(ctx, { departmentId }) {
    assertCompanyWide(ctx, 'identity.department.manage');
    await setArchived(ctx, departmentId, true);
    return {};
  },
});
