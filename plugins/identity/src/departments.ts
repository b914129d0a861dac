// Departments: what a role can be held on, for policies to ask about.
import type { Context, Db } from '@troupe-os/core';
import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { departments } from './schema.ts';

/** Roles are given on departments that are not archived; none is archived while this call gives one. Errors: identity.unknown_department, identity.department_archived. */
export async function assertOpenDepartment(ctx: Context, departmentId: string): Promise<void> {
  const [found] = await ctx.db.select().from(departments).where(eq(departments.id, departmentId)).for('share');
  if (!found) throw identityErrors.unknown_department();
  if (found.archivedAt) throw identityErrors.department_archived();
}

/** In the order of their ids. */
export const openDepartments = (db: Db): Promise<{ departmentId: string; name: string }[]> =>
  db
    .select({ departmentId: departments.id, name: departments.name })
    .from(departments)
    .where(isNull(departments.archivedAt))
    .orderBy(asc(departments.id));

/** Errors: identity.unknown_department, where it is not there or in that state already. */
export async function setArchived(ctx: Context, departmentId: string, archived: boolean): Promise<void> {
  const inOtherState = archived ? isNull(departments.archivedAt) : isNotNull(departments.archivedAt);
  const changed = await ctx.db
    .update(departments)
    .set({ archivedAt: archived ? ctx.now : null })
    .where(and(eq(departments.id, departmentId), inOtherState))
    .returning({ id: departments.id });
  if (changed.length === 0) throw identityErrors.unknown_department();
}
