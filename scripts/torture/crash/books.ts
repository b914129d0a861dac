// What must stand in the house afterwards: all that was acknowledged, once, on record; sums, stock and letters that agree.
import { type SQL, sql } from 'drizzle-orm';
import type { Rows } from '../../../core/src/db/database.ts';
import type { Attempt } from './load.ts';
import type { PostOffice } from './post-office.ts';

/** Where the row is that an answer names. */
const ROWS: Readonly<Record<string, { readonly field: string; readonly table: SQL }>> = {
  'ledger.post-entry': { field: 'entryId', table: sql`ledger.entries` },
  'ledger.reverse-entry': { field: 'entryId', table: sql`ledger.entries` },
  'marketplace.buy': { field: 'orderId', table: sql`marketplace.orders` },
  'marketplace.hold-stock': { field: 'holdId', table: sql`marketplace.holds` },
  'marketplace.create-product': { field: 'productId', table: sql`marketplace.products` },
  'marketplace.create-listing': { field: 'listingId', table: sql`marketplace.listings` },
  'identity.create-person': { field: 'personId', table: sql`identity.actors` },
  'identity.invite-person': { field: 'invitationId', table: sql`identity.invitations` },
};

/** Each answers how many things are not as they must be. */
const RULES: Readonly<Record<string, SQL>> = {
  'calls with changes do not have one terminal row of the record': sql`select count(*) from (select distinct call_id from core.changes) c
    where 1 <> (select count(*) from core.audit_entries e where e.call_id = c.call_id and e.outcome <> 'initiated')`,
  'calls have more than one terminal row of the record': sql`select count(*) from (select call_id from core.audit_entries
    where outcome <> 'initiated' group by call_id having count(*) > 1) c`,
  'entries of the ledger do not sum to zero in a unit, or lack lines': sql`select count(*) from ledger.entries e
    where 2 > (select count(*) from ledger.postings p where p.entry_id = e.id)
      or exists (select from ledger.postings p where p.entry_id = e.id group by p.unit having sum(p.amount) <> 0)`,
  'balances are not the sum of their postings': sql`select count(*) from ledger.balances b
    where b.balance <> (select coalesce(sum(p.amount), 0) from ledger.postings p where p.account_id = b.account_id)`,
  'entries were reversed twice': sql`select count(*) from (select reverses from ledger.entries where reverses is not null
    group by reverses having count(*) > 1) r`,
  'products sold or hold more than there are, or other than their orders and holds say': sql`select count(*) from marketplace.stock s
    where s.sold + s.held > s.on_hand
      or s.sold <> (select coalesce(sum(l.quantity), 0) from marketplace.order_lines l where l.product_id = s.product_id)
      or s.held <> (select coalesce(sum(h.quantity), 0) from marketplace.holds h where h.product_id = s.product_id and h.state = 'active')`,
  'orders are not paid, delivered and booked once': sql`select count(*) from marketplace.orders o
    where o.state <> 'paid' or 1 <> (select count(*) from marketplace.payments p where p.order_id = o.id and p.state = 'succeeded')
      or not exists (select from marketplace.deliveries d where d.order_id = o.id)
      or 1 <> (select count(*) from ledger.entries e where e.order_id = o.id::text)`,
  'numbers of orders leave a gap': sql`select coalesce(max(number), 0) - count(*) as count from marketplace.orders`,
  'steps of jobs or deliveries of events were done twice': sql`select count(*) from (select cause, action from core.audit_entries
    where kind in ('job', 'subscription') and outcome = 'succeeded' group by 1, 2 having count(*) > 1) r`,
  'events wait still or are dead': sql`select count(*) from core.deliveries where state in ('waiting', 'dead')`,
  'letters wait still or have failed': sql`select count(*) from identity.letters where state in ('waiting', 'failed')`,
};

/** `attempts`: each has its last answer. */
export async function checkBooks(rows: Rows, attempts: readonly Attempt[], told: (sentence: string) => void): Promise<void> {
  const done = attempts.filter(({ reply }) => reply?.status === 200);
  const acknowledged = new Set(done.map(({ reply }) => reply?.callId ?? ''));
  if (acknowledged.size !== done.length) told(`${done.length - acknowledged.size} calls were answered as if they were others`);
  const recorded = await rows<{ call_id: string; changes: number }>(sql`
    select e.call_id, (select count(*) from core.changes c where c.call_id = e.call_id)::integer as changes
    from core.audit_entries e where e.outcome = 'succeeded' and e.kind = 'action' and e.action = any (${listOf(Object.keys(ROWS))}::text[])`);
  const onRecord = new Map(recorded.map(({ call_id, changes }) => [call_id, changes]));
  const report = (ids: readonly string[], what: string) => ids.length > 0 && told(`${ids.length} ${what}, one is ${ids[0]}`);
  const calls = [...acknowledged];
  report(
    calls.filter((id) => !onRecord.has(id)),
    'acknowledged writes are not on record',
  );
  report(
    calls.filter((id) => onRecord.get(id) === 0),
    'acknowledged writes changed nothing',
  );
  report(
    [...onRecord.keys()].filter((id) => !acknowledged.has(id)),
    "writes were done and are nobody's: done twice",
  );
  for (const [action, { field, table }] of Object.entries(ROWS)) {
    const ids = done.filter((one) => one.action === action).map(({ reply }) => String(reply?.body[field]));
    const found = new Set((await rows<{ id: string }>(sql`select id from ${table}`)).map(({ id }) => id));
    report(
      ids.filter((id) => !found.has(id)),
      `rows that ${action} answered are gone`,
    );
  }
  for (const [sentence, query] of Object.entries(RULES)) {
    const [row] = await rows<{ count: string }>(query);
    if (Number(row?.count) !== 0) told(`${row?.count} ${sentence}`);
  }
}

/** To whom the house tells its incidents: the Owner that every house begins with. */
const OWNER = 'owner@troupe.local';

/** Letters of acknowledged invitations. Answers how many arrived, and how many of them more than once. */
export function checkLetters(attempts: readonly Attempt[], { arrived }: PostOffice, told: (sentence: string) => void) {
  const invited = attempts.filter(({ action, reply }) => action === 'identity.invite-person' && reply?.status === 200);
  const letters = invited.map(({ input }) => arrived.get(String(input.email)) ?? new Map<string, number>());
  const missing = letters.filter(({ size }) => size === 0).length;
  const several = letters.filter(({ size }) => size > 1).length;
  if (missing > 0) told(`${missing} invitations never arrived`);
  if (several > 0) told(`${several} people have letters under different Message-IDs`);
  const addresses = new Set(invited.map(({ input }) => String(input.email)));
  const strangers = [...arrived.keys()].filter((address) => address !== OWNER && !addresses.has(address));
  if (strangers.length > 0) told(`letters went to people whom nobody invited: ${strangers}`);
  const copies = letters.flatMap((one) => [...one.values()]);
  return { letters: letters.length, repeated: copies.filter((count) => count > 1).length };
}

const listOf = (names: readonly string[]) => `{${names.map((name) => `"${name}"`).join(',')}}`;
