// Every action for everybody, against the table of rights: at the gate of the kernel itself, and by REST.

import { serveTestKernel } from '@troupe-os/core/testing';
import { type Asker, askRest, type Question } from '../../test/ask-surfaces.ts';
import { askInTurn, makeCallers, questionsFor } from '../../test/callers.ts';
import {
  decisions,
  EVERY_SCOPE,
  expectedFor,
  expectedForAgentOf,
  type Outcome,
  type Who,
  withTokens,
} from '../../test/decisions.ts';
import type { FurnishedHouse } from '../../test/furnished-house.ts';
import { startFurnishedHouse } from '../../test/furnished-house.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';

const SHARE = { short: 0.25, long: 1 };
const AGENTS_FOR = ['viewer', 'editor', 'admin'] as const;
const PEOPLE = ['viewer', 'editor', 'admin', 'owner'] as const;

/** Somebody who asks, and what the table says of them. */
interface Column {
  readonly name: string;
  readonly way: 'gate' | 'REST';
  readonly expected: Readonly<Record<string, string>>;
  ask(question: Question): Promise<Outcome>;
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const random = randomOf(seed);
  const share = SHARE[isShort ? 'short' : 'long'];
  const house = await startFurnishedHouse();
  const columns = await columnsOf(house);
  const questions = await questionsFor(house);
  const broken: string[] = [];
  const rows: (string | number)[][] = [];
  for (const { name, way, expected, ask } of columns) {
    const asked = questions.filter(() => random() < share);
    const found = decisions(await askInTurn(asked, ask));
    const faults = asked.filter(({ action }) => found[action] !== expected[action]);
    broken.push(
      ...faults.map(({ action }) => `${name}, ${way}: ${action} is ${found[action]}, the table says ${expected[action]}`),
    );
    const allowed = asked.filter(({ action }) => found[action] === 'allowed').length;
    rows.push([`${name}, ${way}`, asked.length, allowed, faults.length]);
  }
  return {
    tables: [{ title: 'Every action for everybody', columns: ['', 'asked', 'let in', 'not as the table says'], rows }],
    notes: ['Writes are asked as dry runs. A token of a role stands for a service of that role. On PGlite.'],
    broken,
  };
}

async function columnsOf(house: FurnishedHouse): Promise<Column[]> {
  const { tokens } = await makeCallers(house);
  const server = await serveTestKernel(house, []);
  const columns: Column[] = [];
  const add = (name: string, who: Who, token: string | undefined, caller: FurnishedHouse['guest']) => {
    const asker: Asker = { url: server.url, token };
    const expected = expectedFor(who);
    columns.push({ name, way: 'gate', expected, ask: (question) => askGate(house, caller, question) });
    columns.push({ name, way: 'REST', expected, ask: (question) => askRest(asker, question) });
  };
  add('a stranger', 'stranger', undefined, house.guest);
  for (const who of withTokens) {
    const secret = tokens.get(who) ?? '';
    const principal = await house.kernel.authenticate({ type: 'token', secret });
    add(nameOf(who), who, secret, { principal, tainted: false });
  }
  const people = new Map<string, FurnishedHouse['guest']>();
  for (const role of PEOPLE) {
    const { personId = '' } = await house.ask('identity.create-person', { name: role, email: `${role}@staff.test` });
    await house.ask('identity.grant-role', { personId, role });
    const person = await house.signInByLink(personId);
    people.set(role, person);
    add(
      `a person, ${role}`,
      role,
      (await house.ask('identity.create-token', { name: role, scopes: EVERY_SCOPE }, person)).token,
      person,
    );
  }
  for (const role of AGENTS_FOR) {
    const about = { role: 'Helps', description: '', instructions: '', departments: ['Front desk'] };
    const made = { name: `Agent for ${role}`, ...about, roles: [{ role: 'admin' }] };
    const { agentId: id = '' } = await house.ask('workforce.create-agent', made);
    const principal = { id, kind: 'agent' as const, name: 'agent', credential: 'torture' };
    const caller = { principal, onBehalfOf: people.get(role)?.principal ?? principal, tainted: false };
    const ask = (question: Question) => askGate(house, caller, question);
    columns.push({ name: `an agent, admin, for ${role}`, way: 'gate', expected: expectedForAgentOf(role), ask });
  }
  return columns;
}

const nameOf = (who: Who) =>
  who === 'auditor' ? 'an Auditor' : who === 'scoped' ? 'a token cut down' : `a service token, ${who}`;

async function askGate(house: FurnishedHouse, caller: FurnishedHouse['guest'], { action, effect, input }: Question) {
  const code = await house.call(caller, action, input, { dryRun: effect === 'write' }).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );
  return { action, code };
}
