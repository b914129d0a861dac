// The people and agents of the house by name, as far as whoever asks may know them: one look a page, not one a row.
import { isNamed, type Names } from '#lib/names.ts';
import { holds, type Me } from './me.ts';
import { unlessOff } from './unless-off.ts';

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'agent';
  readonly isActive: boolean;
  readonly email?: string;
}

/** So many pages of a list are read: whoever comes after them is shown by id. */
const MOST_PAGES = 5;
const PAGE = 100;

/** People, then agents; those whom one may not list are missing. */
export async function actorsOf(locals: App.Locals): Promise<Actor[]> {
  const me = await locals.me();
  const { api } = locals;
  const [people, agents] = await Promise.all([
    holds(me, 'identity.person.read') ? all((from) => api.identity.listPeople({ limit: PAGE, ...from })) : [],
    holds(me, 'workforce.agent.read') ? all((from) => api.workforce.listAgents({ limit: PAGE, ...from })) : [],
  ]);
  return [
    ...people.map(({ personId, name, email, active }) => ({
      id: personId,
      name,
      kind: 'person' as const,
      isActive: active,
      email,
    })),
    ...agents.map(({ agentId, name, state }) => ({ id: agentId, name, kind: 'agent' as const, isActive: state === 'active' })),
  ];
}

/** The names of these, and of whoever asks; nothing is looked up where no id is without one. */
export async function namesOf(locals: App.Locals, ids: readonly (string | undefined)[]): Promise<Names> {
  const me = await locals.me();
  const own = { [me.id]: `${me.name} (you)` };
  const wanted = new Set(ids.filter((id): id is string => id !== undefined && !isNamed(own, id)));
  if (wanted.size === 0) return own;
  const known = namesFrom(await actorsOf(locals), wanted);
  const isAll = [...wanted].every((id) => isNamed(known, id));
  return { ...(isAll ? {} : await tokenNames(locals, me)), ...known, ...own };
}

/** Actors that are a token's alone go by its name, as long as it works. */
async function tokenNames(locals: App.Locals, me: Me): Promise<Names> {
  if (!holds(me, 'identity.token.manage')) return {};
  const everybody = holds(me, 'identity.credential.read');
  const tokens = await all((from) => locals.api.identity.listTokens({ everybody, limit: PAGE, ...from }));
  return Object.fromEntries(tokens.map(({ actorId, name }) => [actorId, `the token ${name}`]));
}

export function namesFrom(actors: readonly Actor[], wanted?: ReadonlySet<string | undefined>): Names {
  const known = actors.filter(({ id }) => !wanted || wanted.has(id));
  return Object.fromEntries(known.map(({ id, name }) => [id, name]));
}

async function all<Item>(read: (from: { cursor?: string }) => Promise<{ items: Item[]; nextCursor?: string | undefined }>) {
  const found: Item[] = [];
  let from: { cursor?: string } | undefined = {};
  for (let page = 0; page < MOST_PAGES && from; page++) {
    const answer: Awaited<ReturnType<typeof read>> | undefined = await unlessOff(read(from));
    found.push(...(answer?.items ?? []));
    from = answer?.nextCursor === undefined ? undefined : { cursor: answer.nextCursor };
  }
  return found;
}
