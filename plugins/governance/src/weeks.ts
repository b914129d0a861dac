// What is on record of actors, added up by weeks for other plugins. The rows of the record belong to core; here they are only read.
import { type Context, rowsOf } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import type { ChangedRow, GovernancePort, RecordedWeek } from './contract.ts';

type WeeksOf = Parameters<GovernancePort['weeks']>[0];
type ChangedBy = Parameters<GovernancePort['changedRows']>[0];

/** See `GovernancePort.weeks`. */
export async function recordedWeeks(ctx: Context, { actorIds, from, to }: WeeksOf): Promise<RecordedWeek[]> {
  if (actorIds.length === 0) return [];
  const within = sql`at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz`;
  return rowsOf<RecordedWeek>(
    ctx.db,
    sql`select actor as "actorId", to_char(date_trunc('week', at at time zone 'UTC'), 'YYYY-MM-DD') as week,
      coalesce(sum(times) filter (where what = 'denied'), 0)::int as denied,
      coalesce(sum(times) filter (where what = 'asked'), 0)::int as asked,
      coalesce(sum(times) filter (where what = 'granted'), 0)::int as granted,
      coalesce(sum(times) filter (where what = 'refused'), 0)::int as refused,
      coalesce(sum(times) filter (where what = 'expired'), 0)::int as expired
    from (
      select actor, at, 'denied' as what, repeats as times from core.audit_entries
        where outcome = 'denied' and actor in ${[...actorIds]} and ${within}
      union all
      select a.requester, happened.at, happened.what, 1 from governance.approvals a
        cross join lateral (values
          (a.created_at, 'asked'),
          (a.decided_at, case a.state when 'rejected' then 'refused' when 'cancelled' then null else 'granted' end),
          (case when a.decided_at is null and a.state in ('pending', 'expired') and a.expires_at <= ${ctx.now.toISOString()}::timestamptz
            then a.expires_at end, 'expired')
        ) as happened (at, what)
        where a.requester in ${[...actorIds]} and a.expires_at >= ${from.toISOString()}::timestamptz
    ) one
    where what is not null and ${within}
    group by 1, 2 order by 1, 2`,
  );
}

/** See `GovernancePort.changedRows`. */
export async function rowsChangedBy(ctx: Context, { actorIds, rows: wanted, to }: ChangedBy): Promise<ChangedRow[]> {
  const some = wanted.filter(({ keys }) => keys.length > 0);
  if (actorIds.length === 0 || some.length === 0) return [];
  // a part for each table, so that the index of its rows is used, and tables by their places: names would be words that nobody is told
  const parts = some.map(({ table, keys }, place) => {
    const [schema, name] = table.split('.');
    return sql`select e.actor as "actorId", ${place}::int as place, c.key, (extract(epoch from min(c.at)) * 1000)::float8 as at
      from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as wanted (key)
        join core.changes c on c.schema_name = ${schema} and c.table_name = ${name} and c.key = wanted.key
        join core.audit_entries e on e.call_id = c.call_id
      where c.at < ${to.toISOString()}::timestamptz and e.actor in ${[...actorIds]} and e.kind = 'action'
      group by 1, 2, 3`;
  });
  const rows = await rowsOf<{ actorId: string; place: number; key: string; at: number }>(
    ctx.db,
    sql.join(parts, sql` union all `),
  );
  return rows.map(({ actorId, place, key, at }) => ({ actorId, table: some[place]?.table ?? '', key, at: new Date(at) }));
}
