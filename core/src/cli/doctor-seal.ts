// What `troupe doctor` says of the sealed log on a Postgres server: what waits, and who holds it back.
import { sql } from 'drizzle-orm';
import type { Rows } from '../db/database.ts';
import type { Finding } from './doctor.ts';
import { counted } from './words.ts';

/** A row that waits longer is looked into. */
const LONG_SECONDS = 10;

interface Holder {
  readonly pid: number | null;
  readonly database: string;
  readonly login: string;
  readonly program: string;
  readonly seconds: number | null;
}

export async function sealFindings(rows: Rows): Promise<Finding[]> {
  const [made] = await rows<{ there: boolean }>(sql`select to_regclass('core.checkpoints') is not null as there`);
  if (!made?.there) return [];
  const [state] = await rows<{ waiting: string; seconds: number | null }>(sql`
    select count(*) as waiting, extract(epoch from now() - min(e.at))::float8 as seconds
    from core.epoch o left join lateral (select * from core.checkpoints c order by c.size desc limit 1) h on h.epoch = o.epoch
    join core.audit_entries e on e.epoch = o.epoch and (e.xid, e.id) > (coalesce(h.xid, '0'::xid8), coalesce(h.entry_id, 0))`);
  if (!state || state.waiting === '0') return [{ state: 'ok', what: 'seal', says: 'every row is sealed' }];
  const says = `${counted(state.waiting, 'row')} without a seal, the oldest for ${Number(state.seconds).toFixed(0)} s`;
  if (Number(state.seconds) < LONG_SECONDS) return [{ state: 'ok', what: 'seal', says }];
  const [holder] = await holders(rows);
  if (!holder)
    return [{ state: 'note', what: 'seal', says: `${says}; held back by nobody`, todo: 'npm start: a running server seals' }];
  return [{ state: 'note', what: 'seal', says: `${says}; held back by ${nameOf(holder)}`, todo: endOf(holder) }];
}

/**
 * Open transactions that have written, the oldest first. Those of other databases of the cluster count too: nothing above the oldest
 * of them is sealed.
 */
function holders(rows: Rows): Promise<Holder[]> {
  return rows<Holder>(sql`
    select one.pid, one.database, one.login, one.program, one.seconds from (
      select a.pid, a.datname as database, a.usename as login, a.application_name as program,
        extract(epoch from now() - a.xact_start)::float8 as seconds, age(a.backend_xid) as age
      from pg_stat_activity a where a.backend_xid is not null and a.pid <> pg_backend_pid()
      union all
      select null, p.database, p.owner, 'prepared transaction ' || p.gid, extract(epoch from now() - p.prepared)::float8, age(p.transaction)
      from pg_prepared_xacts p
    ) one order by one.age desc limit 1`);
}

function nameOf({ pid, database, login, program, seconds }: Holder): string {
  const since = seconds === null ? 'for some time' : `for ${seconds.toFixed(0)} s`; // of other logins only some may see it
  return `${program || 'a program without a name'}${pid === null ? '' : ` (process ${pid})`} of ${login} in database ${database}, open ${since}`;
}

const endOf = ({ pid, program }: Holder): string =>
  pid === null
    ? `end it: rollback prepared '${program.replace('prepared transaction ', '')}' in its database`
    : `let it end, or: select pg_terminate_backend(${pid})`;
