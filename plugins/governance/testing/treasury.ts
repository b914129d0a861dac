// A house in which agents spend money for people.
import { startTestKernel, type TestActor, type TestKernel, type TestKernelOptions } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { sql } from 'drizzle-orm';
import { governancePlugin } from '../src/index.ts';
import { pay, price, tillPlugin } from './till/plugin.ts';

export interface Treasury extends TestKernel {
  /** The agent Ada, for Ann. */
  readonly ada: ReturnType<TestKernel['as']>;
  readonly ann: ReturnType<TestKernel['as']>;
  readonly bob: ReturnType<TestKernel['as']>;
  readonly eve: ReturnType<TestKernel['as']>;
  readonly owner: ReturnType<TestKernel['as']>;
  readonly operator: ReturnType<TestKernel['as']>;
  /** Ada pays; answers the id of the approval that she is told to wait for. */
  waits(cents: bigint, to?: string, actor?: TestActor): Promise<string>;
  /** How many payments stand in the books. */
  payments(): Promise<number>;
}

export const ann: TestActor = { id: 'ann', roles: ['editor'] };
export const ada: TestActor = { id: 'ada', kind: 'agent', roles: ['editor'], onBehalfOf: ann };

/** Ann and Bob may pay, Eve may only look; all sums are in EUR. */
export async function startTreasury(options?: TestKernelOptions): Promise<Treasury> {
  const t = await startTestKernel([identityPlugin, ledgerPlugin, tillPlugin, governancePlugin], options);
  await t.kernel.seed({ rehearsal: false });
  return {
    ...t,
    ada: t.as(ada),
    ann: t.as(ann),
    bob: t.as({ id: 'bob', roles: ['editor'] }),
    eve: t.as({ id: 'eve', roles: ['viewer'] }),
    owner: t.as({ id: 'olga', roles: ['owner'] }),
    operator: t.as({ id: 'local-operator', kind: 'operator' }),
    async waits(cents, to = 'Printer & Sons', actor = ada) {
      price.cents = cents;
      const refusal = await t.run(t.as(actor), pay, { to }).then(
        () => undefined,
        (error: { code?: string; details?: { approvalId?: string } }) => error,
      );
      if (refusal?.code !== 'core.approval_needed') throw new Error(`it did not wait: ${refusal?.code}`, { cause: refusal });
      return refusal.details?.approvalId ?? '';
    },
    async payments() {
      const [row] = await t.database.rows<{ count: string }>(sql`select count(*) from ledger.entries where key like 'till:%'`);
      return Number(row?.count);
    },
  };
}
