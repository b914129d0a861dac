// Whose books a caller may read or write: the company's, or those of some brands.
import type { Context } from '@troupe-os/core';
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';

/** Whether the caller's permission covers this brand; what belongs to no brand belongs to the company. */
export function reaches(ctx: Context, permission: string, brandId: string | null | undefined): boolean {
  const reach = ctx.actor.rights.get(permission);
  if (reach === 'company') return true;
  return reach !== undefined && brandId != null && reach.has(brandId);
}

/** The same for many rows; undefined: all of them. */
export function withinReach(ctx: Context, permission: string, brandId: AnyColumn | SQL): SQL | undefined {
  const reach = ctx.actor.rights.get(permission);
  if (reach === 'company') return undefined;
  return reach && reach.size > 0 ? sql`${brandId} in ${[...reach]}` : sql`false`;
}
