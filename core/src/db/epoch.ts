import { sql } from 'drizzle-orm';
import type { Database, OwnerSession } from './database.ts';

export interface Epochs {
  readonly before: string;
  readonly after: string;
}

/** Begins a new epoch after a restore, in one transaction with what `record` writes of it. Answers how many rows the record had. */
export function beginRecordedEpoch(
  database: Pick<Database, 'owner'>,
  record: (tx: Pick<OwnerSession, 'rows'>, epochs: Epochs) => Promise<void>,
): Promise<Epochs & { readonly rows: string }> {
  return database.owner((owner) =>
    owner.transaction(async (tx) => {
      const [old] = await tx.rows<{ epoch: string; rows: string }>(
        sql`select o.epoch, (select count(*) from core.audit_entries) as rows from core.epoch o for update`,
      );
      const [made] = await tx.rows<{ epoch: string }>(sql`update core.epoch set epoch = gen_random_uuid() returning epoch`);
      const epochs = { before: String(old?.epoch), after: String(made?.epoch) };
      await record(tx, epochs);
      return { ...epochs, rows: String(old?.rows) };
    }),
  );
}
