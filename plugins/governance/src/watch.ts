// Watches what was refused or failed, as the record tells it: a call that was rolled back is seen as well.
import { type Context, type Db, networkPrefix, rowsOf } from '@troupe-os/core';
import { type SQL, sql } from 'drizzle-orm';
import { isOverdue, tellOverdue } from './access-reviews.ts';
import { type Finding, openSubjects, raise } from './incidents.ts';

/** What was refused or failed, counted. */
interface Refused {
  readonly outcome: string;
  readonly action: string;
  readonly actor: string;
  readonly address: string | null;
  readonly error: string | null;
  /** By which identity names an account that somebody tried to sign in to. */
  readonly account: string | null;
  readonly times: number;
}

/** One that came since the last look. */
interface FreshRefused extends Refused {
  readonly callId: string;
}

interface Watch {
  readonly rule: Finding['rule'];
  isAbout(refused: Refused): boolean;
  subjectsOf(refused: Refused): string[];
  /** From so many within the window on. */
  readonly least: number;
  readonly windowSeconds: number;
  say(subject: string, times: number): string;
}

const often = (times: number) => (times === 1 ? 'once' : `${times} times`);
const LIMITS = ['core.too_many_calls', 'governance.limit_reached'];
const WRONG_PROOFS = ['wrong_credentials', 'wrong_code', 'wrong_signature', 'wrong_passkey', 'too_many_tries'].map(
  (name) => `identity.${name}`,
);

const WATCHES: readonly Watch[] = [
  {
    rule: 'denial-burst',
    isAbout: ({ outcome, error }) => outcome === 'denied' && !LIMITS.includes(error ?? ''),
    subjectsOf: (refused) => [whoOf(refused)],
    least: 30,
    windowSeconds: 300,
    say: (subject, times) => `${subject} was refused ${often(times)} within five minutes.`,
  },
  {
    rule: 'limit-hit',
    isAbout: ({ error }) => LIMITS.includes(error ?? ''),
    subjectsOf: (refused) => [whoOf(refused)],
    least: 1,
    windowSeconds: 300,
    say: (subject) => `${subject} reached a limit: too many calls in a minute, or too much moved in a window of time.`,
  },
  {
    rule: 'failed-sign-ins',
    isAbout: ({ error }) => WRONG_PROOFS.includes(error ?? ''),
    subjectsOf: ({ address, account }) => [
      ...(address === null ? [] : [networkOf(address)]),
      ...(account === null ? [] : [`account:${account}`]),
    ],
    least: 10,
    windowSeconds: 900,
    say: (subject, times) => `Somebody failed ${often(times)} within a quarter of an hour to sign in: ${subject}.`,
  },
  {
    rule: 'tampering',
    isAbout: ({ action, outcome }) => action === 'core.verify-audit' && outcome === 'failed',
    subjectsOf: () => ['record'],
    least: 1,
    windowSeconds: 300,
    say: () => 'The record is not what was sealed: somebody changed it. `troupe audit verify` names the rows.',
  },
  {
    rule: 'tool-changed',
    isAbout: ({ error }) => error === 'outside.tool_changed',
    subjectsOf: ({ action }) => [`action:${action}`],
    least: 1,
    windowSeconds: 300,
    say: (subject) =>
      `An outside server defines a tool otherwise than was confirmed, so it is not used: ${subject}. Look at the difference with npx troupe mcp-servers.`,
  },
];

const ROWS_AT_ONCE = 5_000;
const MOST_PAGES = 10;
/** So many subjects of a rule are looked at in a run, those with the most refusals. */
const MOST_SUBJECTS = 100;
const STALLED_MS = 300_000;

const networkOf = (address: string) => `address:${networkPrefix(address, { v4: 32, v6: 64 })}`;
const whoOf = ({ actor, address }: Refused) =>
  actor !== 'guest' ? `actor:${actor}` : address === null ? 'guests' : networkOf(address);

/** Behind the cursor and below the oldest running transaction: no row can come before these any more. */
const isNew = sql`e.outcome in ('denied', 'failed') and e.epoch = (select o.epoch from core.epoch o)
  and (e.xid, e.id) > (
    (select case when w.epoch = o.epoch then w.xid else '0'::xid8 end from governance.watch w, core.epoch o),
    (select case when w.epoch = o.epoch then w.entry_id else 0 end from governance.watch w, core.epoch o))
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())`;

const accountOf = sql`(select b.body::jsonb #>> '{details,account}' from core.audit_bodies b
  where e.error like 'identity.wrong%' and b.at = e.at and b.call_id = e.call_id and b.outcome = e.outcome)`;

/** Rows wait for their seal for minutes although something seals here, and nobody was told yet. */
const isStalled = (now: Date) => sql`exists (select from core.seal_keys)
  and not exists (select from governance.incidents i where i.rule = 'seal-failing' and i.state <> 'resolved')
  and exists (
    select from core.epoch o
    left join lateral (select c.epoch, c.xid, c.entry_id from core.checkpoints c order by c.size desc limit 1) h on true
    join lateral (
      select e.at from core.audit_entries e where e.epoch = o.epoch and (e.xid, e.id) >
        (case when h.epoch = o.epoch then h.xid else '0'::xid8 end, case when h.epoch = o.epoch then h.entry_id else 0 end)
      order by e.xid, e.id limit 1
    ) waiting on waiting.at < ${new Date(+now - STALLED_MS).toISOString()}::timestamptz)`;

/** Whether there is anything to look at. */
export async function isNews(db: Db, now: Date): Promise<boolean> {
  const found = await db.execute(sql`select 1 from core.epoch
    where exists (select from core.audit_entries e where ${isNew}) or (${isStalled(now)}) or exists ${isOverdue(now)}`);
  return (found as unknown as unknown[]).length > 0; // execute answers rows on both databases
}

/** Looks at all that came since the last look. */
export async function look(ctx: Context): Promise<void> {
  for (let page = 0; page < MOST_PAGES; page++) if ((await lookAtPage(ctx)) < ROWS_AT_ONCE) break;
  await tellOverdue(ctx);
  const [stalled] = await rowsOf(ctx.db, sql`select 1 where ${isStalled(ctx.now)}`);
  if (!stalled) return;
  const summary = 'Rows of the record have waited for their seal for more than five minutes: see the log, and /readyz.';
  await raise(ctx, { rule: 'seal-failing', subject: 'record', summary });
}

async function lookAtPage(ctx: Context): Promise<number> {
  // two looks at once would count twice
  await ctx.db.execute(sql`select 1 from governance.watch for update`);
  const rows = await rowsOf<FreshRefused & { epoch: string; xid: string; id: string }>(
    ctx.db,
    sql`select e.epoch, e.xid::text as xid, e.id::text as id, e.outcome, e.action, e.actor, e.address, e.error, e.repeats as times,
      e.call_id as "callId", ${accountOf} as account
    from core.audit_entries e where ${isNew} order by e.xid, e.id limit ${ROWS_AT_ONCE}`,
  );
  const last = rows.at(-1);
  if (!last) return 0;
  for (const watch of WATCHES) await apply(ctx, watch, rows);
  await ctx.db.execute(
    sql`update governance.watch set epoch = ${last.epoch}, xid = ${last.xid}::xid8, entry_id = ${last.id}::bigint`,
  );
  return rows.length;
}

async function apply(ctx: Context, watch: Watch, rows: readonly FreshRefused[]): Promise<void> {
  const fresh = countBySubject(watch, rows);
  if (fresh.size === 0) return;
  const within = watch.least === 1 ? fresh : countBySubject(watch, await windowOf(ctx, watch));
  const open = await openSubjects(ctx, watch.rule);
  const most = [...fresh].sort(([, one], [, other]) => other.times - one.times).slice(0, MOST_SUBJECTS);
  for (const [subject, { times, last }] of most) {
    const total = within.get(subject)?.times ?? 0;
    if (!open.has(subject) && total < watch.least) continue;
    await raise(ctx, {
      rule: watch.rule,
      subject,
      summary: watch.say(subject, total),
      times: open.has(subject) ? times : Math.max(times, total),
      callId: last.callId,
    });
  }
}

function countBySubject<R extends Refused>(watch: Watch, rows: readonly R[]): Map<string, { times: number; last: R }> {
  const counted = new Map<string, { times: number; last: R }>();
  for (const refused of rows.filter(watch.isAbout))
    for (const subject of watch.subjectsOf(refused))
      counted.set(subject, { times: (counted.get(subject)?.times ?? 0) + refused.times, last: refused });
  return counted;
}

/** What was refused within a rule's window, equal refusals together. */
function windowOf(ctx: Context, { windowSeconds }: Watch): Promise<Refused[]> {
  const since = new Date(+ctx.now - windowSeconds * 1000).toISOString();
  const grouped: SQL = sql`select e.outcome, e.action, e.actor, e.address, e.error, ${accountOf} as account, e.repeats
    from core.audit_entries e where e.outcome in ('denied', 'failed') and e.at > ${since}::timestamptz`;
  return rowsOf<Refused>(
    ctx.db,
    sql`select outcome, action, actor, address, error, account, sum(repeats)::integer as times
    from (${grouped}) one group by outcome, action, actor, address, error, account`,
  );
}
