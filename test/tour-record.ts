// The database of a house whose server has stopped, read directly: what the record and the books hold, whoever may see it.
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../core/src/db/open.ts';
import type { Place } from './servers.ts';

export interface RecordedWrite {
  readonly callId: string;
  readonly kind: string;
  readonly action: string;
  readonly cause: string;
  /** Outcomes of its terminal rows; there should be one. */
  readonly outcomes: readonly string[];
}

/** Reads it all, and closes the database again. */
export async function readRecord({ home, env }: Place) {
  const url = env?.DATABASE_URL;
  const database = await openDatabase(
    url ? { kind: 'postgres', url, ownerUrl: url } : { kind: 'pglite', folder: join(home, 'database') },
  );
  try {
    return {
      writes: await database.rows<RecordedWrite>(WRITES),
      unaudited: await database.rows<{ callId: string; succeeded: number }>(UNAUDITED),
      sums: await database.rows<{ unit: string; sum: string; postings: number }>(SUMS),
      unbalanced: await database.rows<{ entryId: string }>(UNBALANCED),
      chains: await database.rows<Chain>(CHAINS),
      sales: await database.rows<{ entries: number; postings: number; action: string; traces: number }>(SALES),
    };
  } finally {
    await database.close();
  }
}

/** How many calls of each action ended in which way. */
export function endsOf(writes: readonly RecordedWrite[]): Record<string, Record<string, number>> {
  const byAction = Map.groupBy(writes, ({ action }) => action);
  return Object.fromEntries(
    [...byAction].map(([action, calls]) => {
      const byOutcome = Map.groupBy(
        calls.flatMap(({ outcomes }) => outcomes),
        (outcome) => outcome,
      );
      return [action, Object.fromEntries([...byOutcome].map(([outcome, ends]) => [outcome, ends.length]))];
    }),
  );
}

/** Every call that could write, with how it ended. */
const WRITES = sql`
  select call_id::text as "callId", min(kind) as kind, min(action) as action, min(cause) as cause,
    coalesce(json_agg(outcome) filter (where outcome <> 'initiated'), '[]') as outcomes
  from core.audit_entries where effect = 'write' group by call_id`;

/** Calls whose changes are in the tables without exactly one row that says that they succeeded. */
const UNAUDITED = sql`
  select changed.call_id::text as "callId", count(entry.id)::integer as succeeded
  from (select distinct call_id from core.changes) changed
  left join core.audit_entries entry on entry.call_id = changed.call_id and entry.outcome = 'succeeded'
  group by changed.call_id having count(entry.id) <> 1`;

const SUMS = sql`
  select unit, sum(amount)::text as sum, count(*)::integer as postings from ledger.postings group by unit order by unit`;

const UNBALANCED = sql`
  select entry_id::text as "entryId" from ledger.postings group by entry_id, unit having sum(amount) <> 0`;

/** A message of a person, the message of the tool that an agent used for it, and what that did: joined by the trace and the ids of calls. */
export interface Chain {
  readonly traceId: string;
  readonly said: string;
  readonly tool: string;
  readonly action: string;
  readonly callId: string;
  readonly actor: string;
  readonly onBehalfOf: string;
  readonly tainted: boolean;
  /** Rows of the books that this call changed, counted by core's capture and by the entry's own note. */
  readonly captured: number;
  readonly posted: number;
}

const CHAINS = sql`
  select spoken.trace_id as "traceId", message.text as said, used.tool_action as tool, acted.action, acted.call_id::text as "callId",
    acted.actor, acted.on_behalf_of as "onBehalfOf", acted.tainted,
    (select count(*)::integer from core.changes c
      where c.call_id = acted.call_id and c.schema_name = 'ledger' and c.table_name = 'postings') as captured,
    (select count(*)::integer from ledger.postings p join ledger.entries e on e.id = p.entry_id where e.call_id = acted.call_id) as posted
  from workforce.messages message
  join core.changes arrival on arrival.schema_name = 'workforce' and arrival.table_name = 'messages'
    and arrival.operation = 'insert' and arrival.key = message.id::text
  join core.audit_entries spoken on spoken.call_id = arrival.call_id and spoken.outcome = 'succeeded'
  join core.audit_entries acted on acted.trace_id = spoken.trace_id and acted.outcome = 'succeeded'
  join workforce.messages used on used.tool_call_id = acted.call_id and used.conversation_id = message.conversation_id
  join core.changes noting on noting.schema_name = 'workforce' and noting.table_name = 'messages' and noting.key = used.id::text
  join core.audit_entries noted on noted.call_id = noting.call_id and noted.outcome = 'succeeded' and noted.trace_id = spoken.trace_id
  where message.author_kind = 'person' and acted.effect = 'write'
  order by message.sequence, used.sequence`;

/** The books' entries of orders, by the action that made them. */
const SALES = sql`
  select count(distinct e.id)::integer as entries, count(*)::integer as postings, a.action, count(distinct a.trace_id)::integer as traces
  from ledger.entries e
  join ledger.postings p on p.entry_id = e.id
  join core.audit_entries a on a.call_id = e.call_id and a.outcome = 'succeeded'
  where e.order_id is not null group by a.action`;
