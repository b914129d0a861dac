// People and agents of many kinds, none of them an Owner, in a house with three brands and two departments.
import { type House, openHouse } from '../../../core/src/house.ts';
import { defineInstallation } from '../../../core/src/installation.ts';
import type { Caller } from '../../../core/src/kernel/call.ts';
import { readSettings } from '../../../core/src/settings.ts';
import { identityPlugin } from '../../../plugins/identity/src/index.ts';
import { ledgerPlugin } from '../../../plugins/ledger/src/index.ts';
import { workforcePlugin } from '../../../plugins/workforce/src/index.ts';
import type { Home } from '../../bench/places.ts';
import { operator } from '../treasury.ts';

export const BRANDS = ['zig-zag', 'gallery', 'vault'] as const;
export const DEPARTMENTS = ['finance', 'press'] as const;
export const CUSTOM = ['steward', 'clerk', 'herald'] as const;

interface Place {
  readonly role: string;
  readonly brandId?: string;
  readonly departmentId?: string;
}

const STAFF: readonly (readonly Place[])[] = [
  [{ role: 'admin' }],
  [{ role: 'admin' }, { role: 'admin', departmentId: 'finance' }],
  [{ role: 'admin', brandId: 'gallery' }],
  [
    { role: 'admin', brandId: 'vault' },
    { role: 'editor', brandId: 'zig-zag' },
  ],
  [{ role: 'steward' }, { role: 'viewer' }],
  [{ role: 'editor' }, { role: 'editor', departmentId: 'press' }],
  [{ role: 'viewer', brandId: 'gallery' }],
  [],
];
const AGENTS: readonly (readonly Place[])[] = [
  [{ role: 'admin' }],
  [{ role: 'editor' }],
  [{ role: 'admin', brandId: 'gallery' }],
  [{ role: 'viewer' }, { role: 'editor', brandId: 'vault' }],
];
const STEWARDS = ['identity.role.grant', 'identity.role.define', 'identity.role.read', 'ledger.entry.read'];

export interface Company {
  readonly house: House;
  readonly people: readonly string[];
  readonly agents: readonly string[];
  /** Every permission that is declared. */
  readonly permissions: readonly string[];
  /** As an Owner: gives what the staff lacks of what they began with. */
  deal(): Promise<void>;
  /** Answers the output, or throws. */
  ask<T = unknown>(caller: Caller, action: string, input: unknown): Promise<T>;
}

export const personOf = (id: string, scopes?: readonly string[]): Caller => ({
  principal: { id, kind: 'user', name: id, credential: 'session:torture', ...(scopes && { scopes }) },
  tainted: false,
});

export async function openCompany({ folder, databaseUrl }: Home): Promise<Company> {
  const url = databaseUrl ? { DATABASE_URL: databaseUrl } : {};
  const env = { TROUPE_HOME: folder, LOG_LEVEL: 'silent', TROUPE_CALL_LIMITS: 'off', ...url };
  const plugins = [identityPlugin, ledgerPlugin, workforcePlugin];
  const house = await openHouse(defineInstallation({ plugins, surfaces: [] }), readSettings(env, folder));
  await house.kernel.seed({ rehearsal: false });
  const ask = async <T>(caller: Caller, action: string, input: unknown) =>
    (await house.kernel.execute({ action, input, caller, surface: 'torture', requestId: crypto.randomUUID() })).output as T;
  await ask(operator, 'identity.create-department', { departmentId: 'press', name: 'Press' });
  await ask(operator, 'identity.create-role', { roleId: 'steward', name: 'Steward', permissions: STEWARDS });
  const people: string[] = [];
  for (const at of STAFF.keys()) {
    const email = `person-${at}@people.test`;
    people.push((await ask<{ personId: string }>(operator, 'identity.create-person', { name: `Person ${at}`, email })).personId);
  }
  const agents: string[] = [];
  const about = { role: 'works', description: 'Works', instructions: 'Work.', departments: ['Press'], responsibleId: people[0] };
  for (const [at, roles] of AGENTS.entries())
    agents.push(
      (await ask<{ agentId: string }>(operator, 'workforce.create-agent', { ...about, name: `Agent ${at}`, roles })).agentId,
    );
  const permissions = [...house.kernel.plugins.values()].flatMap((plugin) => Object.keys(plugin.permissions));

  async function deal(): Promise<void> {
    const remade = { roleId: 'steward', permissions: STEWARDS };
    await ask(operator, 'identity.update-role', remade).catch(unless('identity.unknown_role'));
    await ask(operator, 'identity.create-role', { ...remade, name: 'Steward' }).catch(unless('identity.role_taken'));
    for (const [at, places] of STAFF.entries())
      for (const place of places)
        await ask(operator, 'identity.grant-role', { personId: people[at], ...place }).catch(unless('identity.already_granted'));
  }
  await deal();
  return { house, people, agents, permissions, deal, ask };
}

const unless = (code: string) => (error: { code?: string }) => {
  if (error.code !== code) throw error;
};
