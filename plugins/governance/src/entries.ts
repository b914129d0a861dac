// The rows of the record, as they are shown. They belong to core, which writes them; here they are only read.

import { type Context, moment, rowsOf } from '@troupe-os/core';
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';

export const KINDS = ['action', 'subscription', 'job', 'seed', 'migration'] as const;
export const OUTCOMES = ['initiated', 'succeeded', 'failed', 'denied', 'previewed', 'parked'] as const;

export const entryShape = z.strictObject({
  at: moment,
  callId: z.string(),
  requestId: z.string(),
  traceId: z.string(),
  kind: z.enum(KINDS),
  cause: z.string().describe('The surface, event or job that led here.'),
  plugin: z.string(),
  pluginVersion: z.string(),
  action: z.string(),
  effect: z.enum(['read', 'write']),
  actor: z.string(),
  onBehalfOf: z.string().optional(),
  credential: z.string().optional().describe('The id of the session or token that proved the actor.'),
  address: z.string().optional(),
  tainted: z.boolean().describe('Whether text from outside was read on the way to the call.'),
  outcome: z.enum(OUTCOMES),
  error: z.string().optional(),
  repeats: z.int().describe('How many equal denials this row counts.'),
});
export type Entry = z.output<typeof entryShape>;

/** An entry and its exact place in the record: moments have microseconds there. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly at: string;
  readonly id: string;
}

type Row = Omit<Entry, 'onBehalfOf' | 'credential' | 'address' | 'error'> & {
  readonly onBehalfOf: string | null;
  readonly credential: string | null;
  readonly address: string | null;
  readonly error: string | null;
  readonly place: string;
  readonly id: string;
};

/** Entries that meet all conditions, the newest first. */
export async function readEntries(ctx: Context, conditions: readonly SQL[], limit: number): Promise<PlacedEntry[]> {
  const rows = await rowsOf<Row>(
    ctx.db,
    sql`select at, call_id as "callId", request_id as "requestId", trace_id as "traceId", kind, cause, plugin,
      plugin_version as "pluginVersion", action, effect, actor, on_behalf_of as "onBehalfOf", credential, address, tainted, outcome,
      error, repeats, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from core.audit_entries where ${conditions.length > 0 ? sql.join([...conditions], sql` and `) : sql`true`}
    order by core.audit_entries.at desc, core.audit_entries.id desc limit ${limit}`,
  );
  return rows.map(({ place, id, onBehalfOf, credential, address, error, ...entry }) => ({
    at: place,
    id,
    entry: {
      ...entry,
      ...(onBehalfOf !== null && { onBehalfOf }),
      ...(credential !== null && { credential }),
      ...(address !== null && { address }),
      ...(error !== null && { error }),
    },
  }));
}
