// Which brands a permission of the caller reaches, and who the caller is as a buyer.
import type { Context } from '@troupe-os/core';
import { type AnyColumn, inArray, type SQL, sql } from 'drizzle-orm';
import { GUEST_BUYER } from './contract.ts';

/** The condition under which a row of this brand is in reach; undefined: every row is. */
export function withinReach(ctx: Context, permission: string, brandId: AnyColumn): SQL | undefined {
  const reach = ctx.actor.rights.get(permission);
  if (reach === 'company') return undefined;
  return reach && reach.size > 0 ? inArray(brandId, [...reach]) : sql`false`;
}

/** The person who buys: for an agent, whoever it acts for; undefined: somebody who has not signed in. */
export function signedInBuyer({ actor, onBehalfOf }: Context): string | undefined {
  if (onBehalfOf) return onBehalfOf.id;
  return actor.kind === 'guest' ? undefined : actor.id;
}

/** The same as it stands in an order. */
export function buyerOf(ctx: Context): string {
  return signedInBuyer(ctx) ?? GUEST_BUYER;
}
