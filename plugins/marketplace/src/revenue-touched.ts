import { type Context, rowsOf } from '@troupe-os/core';
import { type SQL, sql } from 'drizzle-orm';
import type { MarketplacePort, SoldKeys, TouchedWeek } from './contract.ts';
import { READ_ORDERS } from './orders.ts';
import { withinReach } from './reach.ts';
import { orders } from './schema.ts';

type Period = Parameters<MarketplacePort['soldKeys']>[0];

/** The orders of a time, of brands whose orders the caller reads. */
function soldIn(ctx: Context, { from, to, brandId }: Period): SQL {
  const reach = withinReach(ctx, READ_ORDERS, orders.brandId);
  return sql`select ${orders.id} as id, ${orders.unit} as unit, ${orders.total} as total, ${orders.placedAt} as placed_at
    from ${orders}
    where ${orders.state} in ('paid', 'fulfilled')
      and ${orders.placedAt} >= ${from.toISOString()}::timestamptz and ${orders.placedAt} < ${to.toISOString()}::timestamptz
      ${brandId === undefined ? sql`` : sql`and ${orders.brandId} = ${brandId}`} ${reach ? sql`and ${reach}` : sql``}`;
}

/** See `MarketplacePort.soldKeys`. */
export async function soldKeys(ctx: Context, period: Period): Promise<SoldKeys | undefined> {
  if (!ctx.actor.rights.has(READ_ORDERS)) return undefined;
  // ids and numbers alone: texts would be words that might come from outside
  const found = await rowsOf<{ kind: number; key: string | null }>(
    ctx.db,
    sql`with sold as (${soldIn(ctx, period)})
    select 0 as kind, id as key from sold
    union all select distinct 1, l.listing_id from sold s join marketplace.order_lines l on l.order_id = s.id
    union all select distinct 2, l.product_id from sold s join marketplace.order_lines l on l.order_id = s.id`,
  );
  const of = (kind: number) => found.flatMap((row) => (row.kind === kind && row.key !== null ? [row.key] : []));
  return { orders: of(0), listings: of(1), products: of(2) };
}

/** See `MarketplacePort.revenueTouched`. */
export const revenueTouched: (
  ctx: Context,
  of: Parameters<MarketplacePort['revenueTouched']>[0],
) => ReturnType<MarketplacePort['revenueTouched']> = async (ctx, { touches, from, to, brandId }) => {
  if (!ctx.actor.rights.has(READ_ORDERS)) return undefined;
  if (touches.length === 0) return [];
  const found = await rowsOf<{ actor: string | null; week: string; unit: string; amount: string; orders: number }>(
    ctx.db,
    sql`
    with touch as (
      select actor, "table", key::uuid, at
      from jsonb_to_recordset(${JSON.stringify(touches.map(({ actorId, ...touch }) => ({ actor: actorId, ...touch })))}::jsonb)
        as t (actor text, "table" text, key text, at timestamptz)
    ), sold as (
      ${soldIn(ctx, { from, to, brandId })}
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
    group by 1, 2, 3 order by 1, 2, 3`,
  );
  return found.map(({ actor, amount, ...row }): TouchedWeek => ({ actorId: actor ?? undefined, ...row, amount: BigInt(amount) }));
};
