import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  await assertMayEnter(locals, 'audit');
  return { callId: params.callId, call: await locals.api.governance.getCall({ callId: params.callId }) };
};
