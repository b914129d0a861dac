// What an agent may do for a person is what both may do, cut down to what the credential is cut to: no more, and no less.
import { type Company, personOf } from './company.ts';
import { pick } from './giving.ts';
import { cutTo, includes, readRights, shared, simplest, toldRights } from './rights.ts';

export async function actForPeople(company: Company, cases: number, random: () => number): Promise<string[]> {
  const { house, people, agents, permissions } = company;
  const broken: string[] = [];
  const rights = await readRights(house);
  for (let at = 0; at < cases; at += 1) {
    const [agent, person] = [pick(random, agents), pick(random, people)];
    const some = Array.from({ length: 30 }, () => pick(random, permissions));
    const [own, persons] = [0, 1].map(() =>
      pick(random, [undefined, ['*'], ['ledger.*', 'identity.*'], [...some, 'identity.me.read']]),
    );
    const principal = { id: agent, kind: 'agent' as const, name: agent, credential: 'torture', ...(own && { scopes: own }) };
    const caller = { principal, onBehalfOf: personOf(person, persons).principal, tainted: false };
    const me = await company.ask<{ permissions: { name: string; brands?: string[] }[] }>(caller, 'identity.get-me', {});
    const told = simplest(toldRights(me.permissions));
    const [ofAgent, ofPerson] = [rights.get(agent) ?? new Set<string>(), rights.get(person) ?? new Set<string>()];
    const both = cutTo(company.house, cutTo(company.house, shared(ofAgent, ofPerson), own), persons);
    const beyond = [...told].filter((one) => !includes(ofAgent, one) || !includes(ofPerson, one) || !includes(both, one));
    const lacked = [...both].filter((one) => !one.startsWith('role:') && !includes(told, one));
    if (beyond.length > 0) broken.push(`agent case ${at}: ${agent} for ${person} holds ${beyond} beyond both`);
    if (lacked.length > 0) broken.push(`agent case ${at}: ${agent} for ${person} lacks ${lacked}, which both hold`);
  }
  return broken;
}
