import type { Plugin, Role } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { workforcePlugin, workforceWith } from '@troupe-os/plugin-workforce';
import type { roster } from '../roster/index.ts';
import { SCRIPTED_PRICE } from './scripted-model.ts';

export interface AgentHouse extends TestKernel {
  readonly operator: Caller;
  /** The first agent: without a roster an editor who is kept to nothing. */
  readonly conciergeId: string;
  /** Somebody who has signed in, with these roles on the company. */
  person(...roles: Role[]): Promise<{ caller: Caller; session: string }>;
  /** The answer of an action, by name. */
  does<T = never>(caller: Caller, action: string, input?: object): Promise<T>;
}

export interface AgentHouseOptions {
  readonly workers?: boolean;
  /** Who works there from the beginning. */
  readonly agents?: typeof roster;
}

/** People, books, agents and conversations, and whatever plugins a test brings. */
export async function startAgentHouse(
  plugins: readonly Plugin[] = [],
  { workers = false, agents }: AgentHouseOptions = {},
): Promise<AgentHouse> {
  const workforce = agents ? workforceWith(agents) : workforcePlugin;
  const test = await startTestKernel([identityPlugin, ledgerPlugin, workforce, ...plugins], {
    directory: 'plugins',
    workers,
  });
  await test.kernel.seed({ rehearsal: false });
  const operator: Caller = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local-key' },
    tainted: false,
  };
  const does: AgentHouse['does'] = async (caller, action, input = {}) =>
    (await test.call(caller, action, input, { idempotencyKey: crypto.randomUUID() })).output as never;
  await does(operator, 'workforce.set-model-price', SCRIPTED_PRICE);
  const { items } = await does<{ items: { agentId: string }[] }>(operator, 'workforce.list-agents');

  return {
    ...test,
    operator,
    conciergeId: items[0]?.agentId ?? '',
    does,
    async person(...roles) {
      const email = `${crypto.randomUUID()}@people.test`;
      const { personId } = await does<{ personId: string }>(operator, 'identity.create-person', { name: 'Ann', email });
      for (const role of roles) await does(operator, 'identity.grant-role', { personId, role });
      const { link } = await does<{ link: string }>(operator, 'identity.create-link', { personId });
      const { session } = await does<{ session: string }>(test.guest, 'identity.redeem-link', { link });
      const principal = await test.kernel.authenticate({ type: 'session', secret: session });
      return { session, caller: { principal, tainted: false } };
    },
  };
}
