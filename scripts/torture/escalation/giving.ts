// Random people give, take and define what they like: nobody gains what the caller did not hold there at that moment.
import { type Caller, guest } from '../../../core/src/kernel/call.ts';
import { invitationSecret } from '../../../plugins/identity/src/letters.ts';
import { BRANDS, type Company, CUSTOM, DEPARTMENTS, personOf } from './company.ts';
import { cutTo, type Held, includes, readRights } from './rights.ts';

const ROLES = ['owner', 'admin', 'editor', 'viewer', 'guest', 'auditor', ...CUSTOM];
/** After so many cases an Owner gives back what was taken. */
const ROUND = 250;

export interface Given {
  readonly done: number;
  readonly gains: number;
  /** How many came in by an invitation. */
  readonly invited: number;
  readonly codes: ReadonlyMap<string, number>;
  readonly broken: readonly string[];
}

export async function giveAtRandom(company: Company, cases: number, random: () => number): Promise<Given> {
  const { house, people, agents } = company;
  const broken: string[] = [];
  const codes = new Map<string, number>();
  let [done, gains, invited] = [0, 0, 0];
  let callers: Caller[] = [];
  let before: ReadonlyMap<string, Held> = new Map();
  for (let at = 0; at < cases; at += 1) {
    if (at % ROUND === 0) {
      await company.deal();
      callers = people.map((id) => personOf(id));
      before = await readRights(house);
    }
    const caller = pick(random, callers);
    const { id, credential, scopes = credential.startsWith('token:') ? ['*'] : undefined } = caller.principal;
    const { action, input } = draw(company, [...people, ...agents], random);
    try {
      const output = await company.ask<{ token?: string; invitationId?: string }>(caller, action, input);
      if (output.token)
        callers.push({ principal: await house.kernel.authenticate({ type: 'token', secret: output.token }), tainted: false });
      if (output.invitationId) {
        callers.push(personOf(await acceptInvitation(company, output.invitationId)));
        invited += 1;
      }
    } catch (error) {
      const { code = String(error) } = error as { code?: string };
      codes.set(code, (codes.get(code) ?? 0) + 1);
      continue;
    }
    done += 1;
    const after = await readRights(house);
    const mayGive = cutTo(house, before.get(id) ?? new Set(), scopes);
    for (const [actor, held] of after)
      for (const one of held) {
        if (includes(before.get(actor) ?? new Set(), one)) continue;
        gains += 1;
        if (!includes(mayGive, one) && !isGuests(before, one))
          broken.push(
            `case ${at}: ${actor} gained ${one} by ${action} ${JSON.stringify(input)} of ${id} with ${scopes ?? 'all'}`,
          );
      }
    before = after;
  }
  return { done, gains, invited, codes, broken };
}

/** What everybody holds, a new token's actor too. */
const isGuests = (rights: ReadonlyMap<string, Held>, one: string) => [...rights.values()].every((held) => includes(held, one));

/** As whoever opens the letter: its link is derived from the invitation. Answers who they are now. */
async function acceptInvitation({ house, ask }: Company, invitationId: string): Promise<string> {
  const digest = (value: unknown) => house.kernel.digest(['plugin', 'identity', value]);
  const invitation = invitationSecret({ digest }, invitationId).secret;
  return (await ask<{ personId: string }>({ principal: guest, tainted: false }, 'identity.accept-invitation', { invitation }))
    .personId;
}

function draw({ permissions }: Company, actors: readonly string[], random: () => number): { action: string; input: object } {
  const [personId, role, roleId] = [pick(random, actors), pick(random, ROLES), pick(random, CUSTOM)];
  const some = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, permissions));
  const email = `puppet-${Math.floor(random() * 1e9)}@people.test`;
  const brand = { brandId: pick(random, BRANDS) };
  const where = pick(random, [{}, {}, brand, brand, { departmentId: pick(random, DEPARTMENTS) }]);
  const scopes =
    random() < 0.5
      ? {
          scopes: pick(random, [
            ['*'],
            ['*', ...some()],
            ['*', ...permissions.slice(0, 90)],
            ['identity.*'],
            some(),
            ['identity.*', 'ledger.*'],
          ]),
        }
      : {};
  const calls = [
    { action: 'identity.grant-role', input: { personId, role, ...where } },
    { action: 'identity.grant-role', input: { personId, role: roleId, ...where } },
    { action: 'identity.revoke-role', input: { personId, role, ...where } },
    { action: 'identity.create-role', input: { roleId, name: roleId, permissions: some() } },
    { action: 'identity.update-role', input: { roleId, permissions: some() } },
    { action: 'identity.delete-role', input: { roleId } },
    { action: 'identity.invite-person', input: { name: 'Puppet', email, role: pick(random, [role, roleId]), ...where } },
    { action: 'identity.create-token', input: { name: 'script', ...scopes } },
    {
      action: 'identity.create-token',
      input: { name: 'script', ...scopes, role: pick(random, ROLES.slice(0, 5)), ...pick(random, [{}, brand]) },
    },
  ];
  return pick(random, calls);
}

export const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
