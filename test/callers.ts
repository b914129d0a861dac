// Somebody of each kind, with a token each, and a question about every action.
import type { Question } from './ask-surfaces.ts';
import { actions, EVERY_SCOPE, type Outcome, SCOPES, type Who, withTokens } from './decisions.ts';
import type { FurnishedHouse } from './furnished-house.ts';
import { plausibleInputs } from './plausible-inputs.ts';

/** By who they are; a stranger has neither. */
export interface Callers {
  readonly tokens: ReadonlyMap<Who, string>;
  readonly actorIds: ReadonlyMap<Who, string>;
}

/** Makes a token of each role that stands for an actor of its own, one of the Owner's that is cut down, and one of a person who is an Auditor. */
export async function makeCallers(house: FurnishedHouse): Promise<Callers> {
  const tokens = new Map<Who, string>();
  const actorIds = new Map<Who, string>();
  for (const who of withTokens) {
    const made = who === 'auditor' ? await makeAuditor(house) : await makeToken(house, who);
    tokens.set(who, made.token ?? '');
    actorIds.set(who, made.actorId ?? '');
  }
  return { tokens, actorIds };
}

const makeToken = (house: FurnishedHouse, who: Who) =>
  house.ask(
    'identity.create-token',
    who === 'scoped' ? { name: who, scopes: SCOPES } : { name: who, role: who, scopes: EVERY_SCOPE },
    house.operator,
  );

/** No token is made an Auditor, so a person makes their own before they become one. */
async function makeAuditor({ ask, signInByLink, operator }: FurnishedHouse): Promise<Record<string, string>> {
  const { personId = '' } = await ask('identity.create-person', { name: 'Auditor', email: 'auditor@people.test' }, operator);
  const made = await ask('identity.create-token', { name: 'auditor', scopes: EVERY_SCOPE }, await signInByLink(personId));
  await ask('identity.grant-role', { personId, role: 'auditor' }, operator);
  return made;
}

export function questionsFor(house: FurnishedHouse): Promise<Question[]> {
  return Promise.all(
    actions.map(async ({ name, effect }) => ({ action: name, effect, input: await plausibleInputs[name]?.input(house) })),
  );
}

/** One after the other. */
export async function askInTurn(
  questions: readonly Question[],
  ask: (question: Question) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const question of questions) outcomes.push(await ask(question));
  return outcomes;
}
