import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params: { callId } }) => {
  await assertMayEnter(locals, 'audit');
  const call = await locals.api.governance.getCall({ callId });
  const spoken = call.entries.flatMap(({ actor, onBehalfOf }) => [actor, onBehalfOf]);
  return { callId, call, names: await namesOf(locals, spoken) };
};
