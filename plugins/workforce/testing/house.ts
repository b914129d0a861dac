import type { Plugin } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { workforcePlugin } from '../src/index.ts';

/** A role as identity gives it; neither brand nor department: on the company. */
export interface GivenRole {
  readonly role: string;
  readonly brandId?: string;
  readonly departmentId?: string;
}

export interface PeopledHouse extends TestKernel {
  readonly operator: Caller;
  /** The answer of an action, by name. */
  does<T = never>(caller: Caller, action: string, input?: object): Promise<T>;
  /** Somebody who has signed in. */
  person(...roles: GivenRole[]): Promise<{ personId: string; caller: Caller }>;
  agent(name: string, departments: readonly string[], ...roles: GivenRole[]): Promise<string>;
}

/** People, agents and conversations, whose rights are identity's own. */
export async function startPeopledHouse(workforce: Plugin = workforcePlugin): Promise<PeopledHouse> {
  const test = await startTestKernel([identityPlugin, workforce], { directory: 'plugins' });
  await test.kernel.seed({ rehearsal: false });
  const operator: Caller = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local-key' },
    tainted: false,
  };
  const does: PeopledHouse['does'] = async (caller, action, input = {}) =>
    (await test.call(caller, action, input, { idempotencyKey: crypto.randomUUID() })).output as never;
  return {
    ...test,
    operator,
    does,
    async person(...roles) {
      const about = { name: 'Ann', email: `${crypto.randomUUID()}@people.test` };
      const { personId } = await does<{ personId: string }>(operator, 'identity.create-person', about);
      for (const role of roles) await does(operator, 'identity.grant-role', { personId, ...role });
      const { link } = await does<{ link: string }>(operator, 'identity.create-link', { personId });
      const { session } = await does<{ session: string }>(test.guest, 'identity.redeem-link', { link });
      const principal = await test.kernel.authenticate({ type: 'session', secret: session });
      return { personId, caller: { principal, tainted: false } };
    },
    async agent(name, departments, ...roles) {
      const about = { name, role: 'Helps', description: '', instructions: '', departments };
      const given = { ...about, roles: roles.filter(({ departmentId }) => departmentId === undefined) };
      const { agentId } = await does<{ agentId: string }>(operator, 'workforce.create-agent', given);
      for (const role of roles.filter(({ departmentId }) => departmentId !== undefined))
        await does(operator, 'identity.grant-role', { personId: agentId, ...role });
      return agentId;
    },
  };
}

/** An agent that acts for somebody. */
export const acting = (agentId: string, { principal }: Caller, tainted = false): Caller => ({
  principal: { id: agentId, kind: 'agent', name: 'Agent', credential: 'conversation:test' },
  onBehalfOf: principal,
  tainted,
});
