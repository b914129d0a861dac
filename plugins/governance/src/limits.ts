// How much may be moved in a window of time. What is used of a limit is reserved in the transaction of the call.
import type { Db, WeighedCall } from '@troupe-os/core';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Turnover } from './effect.ts';
import { governanceErrors } from './errors.ts';
import { type LimitRow, limits, limitUses } from './schema.ts';

/** All limits, in the order in which calls take them: two calls never wait for each other. */
export const readLimits = (db: Db): Promise<LimitRow[]> => db.select().from(limits).orderBy(asc(limits.id));

/** `all`: as `readLimits` answers them. Errors: governance.limit_reached, whose details say what is left and when the window ends. */
export async function reserveLimits(
  db: Db,
  all: readonly LimitRow[],
  call: WeighedCall,
  turnover: readonly Turnover[],
): Promise<void> {
  for (const limit of all) {
    const moved = turnover.find(({ unit }) => unit === limit.unit);
    if (moved && isTouched(limit, call)) await reserve(db, limit, limit.actor ?? call.actor.id, moved.amount, call.now);
  }
}

function isTouched({ actor, action, counterparty }: LimitRow, call: WeighedCall): boolean {
  // what an agent hands on is bound as what it does itself
  const bound = [call.actor.id, call.onBehalfOf?.id, ...call.through];
  const isTheirs = actor === null ? isByProgram(call) : bound.includes(actor);
  return (
    isTheirs &&
    (action === null || action === call.action) &&
    (counterparty === null || call.effect.counterparties.includes(counterparty))
  );
}

async function reserve(db: Db, limit: LimitRow, actor: string, amount: bigint, now: Date): Promise<void> {
  const windowStart = windowOf(limit, now);
  // a limit that is taken away meanwhile has no uses, and binds nobody
  await db.execute(sql`insert into governance.limit_uses (limit_id, actor, window_start, used)
    select l.id, ${actor}, ${windowStart}, 0 from governance.limits l where l.id = ${limit.id} for key share on conflict do nothing`);
  const isThis = and(eq(limitUses.limitId, limit.id), eq(limitUses.actor, actor), eq(limitUses.windowStart, windowStart));
  const [reserved] = await db
    .update(limitUses)
    .set({ used: sql`${limitUses.used} + ${amount.toString()}::numeric` })
    .where(and(isThis, sql`${limitUses.used} + ${amount.toString()}::numeric <= ${limit.amount.toString()}::numeric`))
    .returning({ used: limitUses.used });
  if (reserved) return;
  const [use] = await db.select({ used: limitUses.used }).from(limitUses).where(isThis);
  if (!use) return;
  throw governanceErrors.limit_reached({
    limitId: limit.id,
    unit: limit.unit,
    left: (limit.amount - use.used).toString(),
    resetsAt: new Date(+windowStart + limit.windowSeconds * 1000).toISOString(),
  });
}

/** Windows follow one another without gaps from 1970 on. */
export function windowOf({ windowSeconds }: Pick<LimitRow, 'windowSeconds'>, now: Date): Date {
  const width = windowSeconds * 1000;
  return new Date(Math.floor(+now / width) * width);
}

/** Agents, and apps and tokens that act for somebody: whoever decides there may have been talked into it. What a customer's app buys is their own. */
export const isByProgram = ({ actor, credential, openToGuests }: WeighedCall): boolean =>
  actor.kind === 'agent' || (/^(app|token):/.test(credential) && !openToGuests);
