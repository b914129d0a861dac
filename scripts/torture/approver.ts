// The process that is killed: says yes to what waits and makes what was approved, until nothing is left. Its words: the home and Bob's id.
import { sql } from 'drizzle-orm';
import { price } from '../../plugins/governance/testing/till/plugin.ts';
import { openTreasury, userOf } from './treasury.ts';

const [folder = '', databaseUrl = '', bob = ''] = process.argv.slice(2);
price.cents = BigInt(process.env.TORTURE_CENTS ?? '0');
const house = await openTreasury({ folder, databaseUrl: databaseUrl || undefined });
await house.kernel.startWorkers({ concurrency: 4 });
process.stdout.write('ready\n');

const waiting = (state: string) =>
  house.database.rows<{ id: string }>(sql`select id from governance.approvals where state = ${state} order by id limit 20`);
for (let open = await waiting('pending'); open.length > 0; open = await waiting('pending')) {
  for (const { id } of open) {
    const call = {
      action: 'governance.approve-call',
      input: { approvalId: id },
      caller: userOf(bob),
      surface: 'torture',
      requestId: id,
    };
    await house.kernel.execute(call);
    process.stdout.write('yes\n');
  }
}
while ((await waiting('approved')).length > 0) await house.kernel.settle({ timeoutMs: 120_000 });
await house.close();
process.stdout.write('done\n');
process.exit(0);
