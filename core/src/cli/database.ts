// `troupe database …`: what whoever restores a database does afterwards.
import { sql } from 'drizzle-orm';
import { recordUse, withRecord } from './audit-record.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords, UsageError } from './words.ts';

const USAGE = `troupe database restored            begin a new epoch: after every restore, before the first start
`;

/** Transaction ids of a restored database repeat those of the rows it came with: a new epoch tells the two apart. */
export async function database([name, ...words]: readonly string[], found: FoundInstallation): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (name !== 'restored') throw new UsageError(`There is no command "database ${name}".\n${USAGE}`);
  parseWords({ args: [...words], options: {} });
  const { before, after, rows } = await withRecord(found, (opened) =>
    opened.owner((owner) =>
      owner.transaction(async (tx) => {
        const [old] = await tx.rows<{ epoch: string; rows: string }>(
          sql`select o.epoch, (select count(*) from core.audit_entries) as rows from core.epoch o for update`,
        );
        const [made] = await tx.rows<{ epoch: string }>(sql`update core.epoch set epoch = gen_random_uuid() returning epoch`);
        const epochs = { before: String(old?.epoch), after: String(made?.epoch) };
        await recordUse(tx, found, { action: 'core.begin-epoch', effect: 'write', input: epochs });
        return { ...epochs, rows: String(old?.rows) };
      }),
    ),
  );
  process.stdout.write(
    `A new epoch has begun: ${after}, after ${before}. The ${rows} rows of the record from before are sealed as they are.\n`,
  );
  return 0;
}
