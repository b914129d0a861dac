// `troupe database …`: what whoever restores a database does afterwards.
import { beginRecordedEpoch } from '../db/epoch.ts';
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
    beginRecordedEpoch(opened, (tx, epochs) =>
      recordUse(tx, found, { action: 'core.begin-epoch', effect: 'write', input: epochs }),
    ),
  );
  process.stdout.write(
    `A new epoch has begun: ${after}, after ${before}. The ${rows} rows of the record from before are sealed as they are.\n`,
  );
  return 0;
}
