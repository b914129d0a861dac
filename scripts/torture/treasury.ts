// A house in which an agent spends money for Ann, and Bob may say yes: opened on a home that outlives the process.
import { type House, openHouse } from '../../core/src/house.ts';
import { defineInstallation } from '../../core/src/installation.ts';
import type { Caller } from '../../core/src/kernel/call.ts';
import { readSettings } from '../../core/src/settings.ts';
import { governancePlugin } from '../../plugins/governance/src/index.ts';
import { tillPlugin } from '../../plugins/governance/testing/till/plugin.ts';
import { identityPlugin } from '../../plugins/identity/src/index.ts';
import { ledgerPlugin } from '../../plugins/ledger/src/index.ts';
import { workforcePlugin } from '../../plugins/workforce/src/index.ts';
import type { Home } from '../bench/places.ts';

export interface People {
  readonly ann: string;
  readonly bob: string;
  readonly agent: string;
}

export const operator: Caller = {
  principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
  tainted: false,
};

export async function openTreasury({ folder, databaseUrl }: Home): Promise<House> {
  const env = {
    TROUPE_HOME: folder,
    LOG_LEVEL: 'silent',
    TROUPE_CALL_LIMITS: 'off',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const plugins = [identityPlugin, ledgerPlugin, workforcePlugin, tillPlugin, governancePlugin];
  return openHouse(defineInstallation({ plugins, surfaces: [] }), readSettings(env, folder));
}

/** Two editors and an agent that holds what they hold. */
export async function hire(house: House): Promise<People> {
  await house.kernel.seed({ rehearsal: false });
  const person = async (name: string) => {
    const { personId = '' } = await ask(house, 'identity.create-person', { name, email: `${name}@people.test` });
    await ask(house, 'identity.grant-role', { personId, role: 'editor' });
    return personId;
  };
  const [ann, bob] = [await person('ann'), await person('bob')];
  return { ann, bob, agent: await hireAgent(house, ann, 'Spender') };
}

/** One more that spends. */
export async function hireAgent(house: House, responsibleId: string, name: string): Promise<string> {
  const about = { name, role: 'spends', description: 'Spends', instructions: 'Spend.', departments: ['Till'] };
  const { agentId = '' } = await ask(house, 'workforce.create-agent', { ...about, responsibleId, roles: [{ role: 'editor' }] });
  return agentId;
}

async function ask({ kernel }: House, action: string, input: unknown): Promise<Record<string, string>> {
  const answer = await kernel.execute({ action, input, caller: operator, surface: 'torture', requestId: 'hire' });
  return answer.output as Record<string, string>;
}

export const userOf = (id: string): Caller => ({
  principal: { id, kind: 'user', name: id, credential: 'session:torture' },
  tainted: false,
});

/** The agent, for Ann. */
export const agentOf = ({ agent, ann }: People): Caller => ({
  principal: { id: agent, kind: 'agent', name: 'Spender', credential: 'torture' },
  onBehalfOf: userOf(ann).principal,
  tainted: false,
});
