// A house whose record is watched when a test says so.
import { defineAction } from '@troupe-os/core';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { z } from 'zod';
import { governancePlugin } from '../src/index.ts';
import { watchRecord } from '../src/jobs.ts';
import type { IncidentRow } from '../src/schema.ts';

type Caller = TestKernel['guest'];

const lookNow = defineAction({
  name: 'governance.look-now',
  title: 'Look now',
  description: 'Watches the record now.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.rule.set',
  input: z.strictObject({}),
  output: z.strictObject({}),
  async handler(ctx) {
    await ctx.enqueue(watchRecord, {});
    return {};
  },
});

export interface WatchedHouse extends TestKernel {
  readonly operator: Caller;
  /** Calls as the operator, or somebody else, and answers the output. */
  ask(action: string, input?: unknown, caller?: Caller): Promise<Record<string, unknown>>;
  /** Looks, and answers the incidents that there are, the newest first. */
  look(): Promise<(Pick<IncidentRow, 'rule' | 'subject' | 'state' | 'count' | 'summary'> & { incidentId: string })[]>;
  /** Adds an Admin (or whoever holds that role), signed in by a link from nowhere. */
  person(role: string, email?: string): Promise<{ personId: string; caller: Caller }>;
}

export async function startWatchedHouse(): Promise<WatchedHouse> {
  const plugin = { ...governancePlugin, actions: [...governancePlugin.actions, lookNow] };
  const house = await startTestKernel([identityPlugin, plugin], { directory: 'plugins' });
  await house.kernel.seed({ rehearsal: false });
  const operator: Caller = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
    tainted: false,
  };
  const ask: WatchedHouse['ask'] = async (action, input = {}, caller = operator) =>
    (await house.call(caller, action, input)).output as Record<string, unknown>;
  return {
    ...house,
    operator,
    ask,
    async look() {
      await othersEnded(house);
      await ask('governance.look-now');
      await house.settle();
      return (await ask('governance.list-incidents', { limit: 100 })).items as never;
    },
    async person(role, email = `${crypto.randomUUID()}@people.test`) {
      const { personId } = await ask('identity.create-person', { name: 'Somebody', email });
      await ask('identity.grant-role', { personId, role });
      const { link } = await ask('identity.create-link', { personId });
      const { session } = await ask('identity.redeem-link', { link }, house.guest);
      const principal = await house.kernel.authenticate({ type: 'session', secret: String(session) });
      return { personId: String(personId), caller: { principal, tainted: false } };
    },
  };
}

/** A look sees what is older than every open transaction: on a server those of other databases, too. */
async function othersEnded({ database }: TestKernel): Promise<void> {
  const isOver = async () => {
    const [row] = await database.rows<{ over: boolean }>(
      sql`select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) as over from core.audit_entries`,
    );
    return row?.over;
  };
  await expect.poll(isOver, { timeout: 60_000 }).toBe(true);
}
