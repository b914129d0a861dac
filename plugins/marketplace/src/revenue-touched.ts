import type { Context } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import type { MarketplacePort, TouchedWeek } from './contract.ts';
import { READ_ORDERS } from './orders.ts';
import { withinReach } from './reach.ts';
import { orders } from './schema.ts';

/** See `MarketplacePort.revenueTouched`. */
export const revenueTouched: (
  ctx: Context,
  of: Parameters<MarketplacePort['revenueTouched']>[0],
) => ReturnType<MarketplacePort['revenueTouched']> = async (ctx, { touches, from, to, brandId }) => {
  if (!ctx.actor.rights.has(READ_ORDERS)) return undefined;
  if (touches.length === 0) return [];
  const reach = withinReach(ctx, READ_ORDERS, orders.brandId);
  const rows = await ctx.db.execute(sql`
    with touch as (
      select actor, "table", key::uuid, at
      from jsonb_to_recordset(${JSON.stringify(touches.map(({ actorId, ...touch }) => ({ actor: actorId, ...touch })))}::jsonb)
        as t (actor text, "table" text, key text, at timestamptz)
    ), sold as (
      select ${orders.id} as id, ${orders.unit} as unit, ${orders.total} as total, ${orders.placedAt} as placed_at
      from ${orders}
      where ${orders.state} in ('paid', 'fulfilled')
        and ${orders.placedAt} >= ${from.toISOString()}::timestamptz and ${orders.placedAt} < ${to.toISOString()}::timestamptz
        ${brandId === undefined ? sql`` : sql`and ${orders.brandId} = ${brandId}`} ${reach ? sql`and ${reach}` : sql``}
    ), touched as (
      select t.actor, s.id from touch t join sold s on s.id = t.key where t."table" = 'marketplace.orders'
      union
      select t.actor, s.id from sold s join marketplace.order_lines l on l.order_id = s.id
        join touch t on t.key = l.listing_id and t."table" = 'marketplace.listings' and t.at < s.placed_at
      union
      select t.actor, s.id from sold s join marketplace.order_lines l on l.order_id = s.id
        join touch t on t.key = l.product_id and t."table" = 'marketplace.products' and t.at < s.placed_at
    ), counted as (
      select actor, id from touched union all select distinct null, id from touched
    )
    select c.actor, to_char(date_trunc('week', s.placed_at at time zone 'UTC'), 'YYYY-MM-DD') as week, s.unit,
      sum(s.total)::text as amount, count(*)::int as orders
    from counted c join sold s on s.id = c.id
    group by 1, 2, 3 order by 1, 2, 3`);
  // execute answers rows on both databases, and its type says nothing of them
  const found = rows as unknown as { actor: string | null; week: string; unit: string; amount: string; orders: number }[];
  return found.map(({ actor, amount, ...row }): TouchedWeek => ({ actorId: actor ?? undefined, ...row, amount: BigInt(amount) }));
};
