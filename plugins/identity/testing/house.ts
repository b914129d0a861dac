// A house with its first Owner, for tests: people sign in as people do, by links and passwords.

import type { Grant, Plugin, Role } from '@troupe-os/core';
import { startTestKernel, type TestKernel, type TestKernelOptions } from '@troupe-os/core/testing';
import { createLinkAction } from '../src/actions/create-link.ts';
import { createPerson } from '../src/actions/create-person.ts';
import { grantRoleAction } from '../src/actions/grant-role.ts';
import { redeemLink } from '../src/actions/redeem-link.ts';
import { setPassword } from '../src/actions/set-password.ts';
import { identityPlugin } from '../src/index.ts';

type Caller = TestKernel['guest'];

/** All that a token can be let do here: what those in charge do themselves is named. */
export const EVERY_SCOPE = [
  '*',
  ...Object.entries<Plugin['permissions'][string]>(identityPlugin.permissions)
    .filter(([, { people, roles }]) => people && !roles.includes('guest'))
    .map(([name]) => name),
];

export interface House extends TestKernel {
  readonly operator: Caller;
  /** The first Owner, signed in by a link. */
  owner(): Promise<Caller>;
  /** Adds a person with these roles and signs them in by a link. */
  person(roles?: readonly (Role | Grant)[]): Promise<{ personId: string; email: string; caller: Caller; session: string }>;
  /** The same, with a password. */
  personWith(password: string): Promise<{ personId: string; email: string; caller: Caller }>;
  link(personId?: string): Promise<{ personId: string; caller: Caller; session: string }>;
  /** Whoever presents this credential. */
  bearer(type: 'session' | 'token', secret: string): Promise<Caller>;
}

/** `identity` may be replaced by one that has more, so that a test reaches what no action offers. */
export async function startHouse(
  plugins: readonly Plugin[] = [],
  identity: Plugin = identityPlugin,
  options: TestKernelOptions = {},
): Promise<House> {
  const test = await startTestKernel([identity, ...plugins], { directory: 'plugins', workers: false, ...options });
  await test.kernel.seed({ rehearsal: false });
  const operator: Caller = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
    tainted: false,
  };

  const bearer: House['bearer'] = async (type, secret) => ({
    principal: await test.kernel.authenticate({ type, secret }),
    tainted: false,
  });

  const link: House['link'] = async (personId) => {
    const made = await test.run(operator, createLinkAction, personId === undefined ? {} : { personId });
    const { session = '' } = await test.run(test.guest, redeemLink, { link: made.link });
    return { personId: made.personId, session, caller: await bearer('session', session) };
  };

  const person: House['person'] = async (roles = []) => {
    const email = `${crypto.randomUUID()}@people.test`;
    const { personId } = await test.run(operator, createPerson, { name: 'Somebody', email });
    for (const one of roles)
      await test.run(operator, grantRoleAction, { personId, ...(typeof one === 'string' ? { role: one } : one) });
    return { email, ...(await link(personId)) };
  };

  return {
    ...test,
    operator,
    bearer,
    link,
    person,
    owner: async () => (await link()).caller,
    async personWith(password) {
      const made = await person();
      await test.run(made.caller, setPassword, { password });
      return made;
    },
  };
}
