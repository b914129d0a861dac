import { assertMayEnter, mayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const me = await assertMayEnter(locals, 'ledger');
  return { entry: await locals.api.ledger.getEntry({ entryId: params.entryId }), maySeeCall: mayEnter(me, 'audit') };
};
