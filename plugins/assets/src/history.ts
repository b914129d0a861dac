// What became of a work: the changes that the record holds of it.
import { type Context, rowsOf } from '@troupe-os/core';
import { sql } from 'drizzle-orm';

export interface PastChange {
  readonly at: Date;
  readonly callId: string;
  readonly action: string;
  readonly actor: string;
  readonly fields: { field: string; before?: string; after?: string }[];
}

/** Columns that tell a reader something; what is computed from them stays out. */
const TOLD = ['title', 'description', 'tags', 'type', 'status', 'brand_id', 'owner_kind', 'owner_id'] as const;
const MOST_CHANGES = 50;

type Values = Readonly<Record<string, string | null>>;

/** The last 50 changes of a work, the newest first, each with the call that made it. */
export async function historyOf(ctx: Context, assetId: string): Promise<PastChange[]> {
  const rows = await rowsOf<{
    at: Date;
    call_id: string;
    action: string;
    actor: string;
    before: string | null;
    after: string | null;
  }>(
    ctx.db,
    sql`select change.schema_name, change.table_name, change.key, change.at, change.call_id, entry.action, coalesce(entry.on_behalf_of, entry.actor) as actor, change.before, change.after
      from core.changes change join core.audit_entries entry on entry.call_id = change.call_id and entry.outcome = 'succeeded'
      where change.schema_name = 'assets' and change.table_name = 'assets' and change.key = ${assetId}
      order by change.id desc limit ${MOST_CHANGES}`,
  );
  return rows.map(({ at, call_id, action, actor, before, after }) => {
    return { at, callId: call_id, action, actor, fields: changedFields(parse(before), parse(after)) };
  });
}

function parse(text: string | null): Values {
  return text === null ? {} : JSON.parse(text);
}

function changedFields(before: Values, after: Values): PastChange['fields'] {
  return TOLD.flatMap((field) => {
    const [was, is] = [before[field] ?? undefined, after[field] ?? undefined];
    if (was === is) return [];
    return [{ field, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}
