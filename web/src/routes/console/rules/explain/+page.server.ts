import { ClientError } from '@troupe-os/core/client';
import { actionNames } from '#lib/server/actions.ts';
import { assertMayEnter } from '#lib/server/me.ts';
import { type Actor, actorsOf } from '#lib/server/names.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'rules');
  const text = (name: string) => url.searchParams.get(name)?.trim() ?? '';
  const asked = { who: text('who'), behalf: text('for'), action: text('action'), input: text('input') };
  const [actors, actions] = await Promise.all([actorsOf(locals), actionNames(locals)]);
  return {
    asked,
    actions,
    actors: actors.map(({ id, name, kind, email }) => ({ value: email ?? id, label: `${name}, ${kind}` })),
    ...(asked.who && asked.action ? await answer(locals, actors, asked) : {}),
  };
};

interface Asked {
  readonly who: string;
  readonly behalf: string;
  readonly action: string;
  readonly input: string;
}

async function answer({ api }: App.Locals, actors: readonly Actor[], { who, behalf, action, input }: Asked) {
  const [actorId, onBehalfOf] = [idOf(actors, who), behalf ? idOf(actors, behalf) : undefined];
  let given: object;
  try {
    given = input ? { input: JSON.parse(input) } : {};
  } catch {
    return { problem: 'The input is no JSON: it looks like {"amount": "100"}.' };
  }
  try {
    const explained = await api.governance.explainAccess({ actorId, action, ...given, ...(onBehalfOf ? { onBehalfOf } : {}) });
    const name = actors.find(({ id }) => id === actorId)?.name ?? who;
    return { explained: { ...explained, name } };
  } catch (error) {
    if (!(error instanceof ClientError) || error.status >= 500) throw error;
    return { problem: error.message };
  }
}

/** Whom an e-mail address or a name means, if it is that of one alone. */
function idOf(actors: readonly Actor[], typed: string): string {
  const like = typed.toLowerCase();
  const found = actors.filter(({ email, name }) => email?.toLowerCase() === like || name.toLowerCase() === like);
  return found.length === 1 && found[0] ? found[0].id : typed;
}
