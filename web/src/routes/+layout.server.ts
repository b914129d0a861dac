import { redirect } from '@sveltejs/kit';
import { consoleParts, holds } from '#lib/server/me.ts';
import type { LayoutServerLoad } from './$types';

/** Where somebody in charge enrols a second factor, or signs in with the one that they have. */
const OPEN_WITH_ONE_PROOF = /^\/(account$|sign-in(\/|$)|sign-out$)/;

export const load: LayoutServerLoad = async ({ locals, url }) => {
  const me = await locals.me();
  if (me.needsSecondFactor && !OPEN_WITH_ONE_PROOF.test(url.pathname)) redirect(303, '/account');
  return {
    visitor: me.kind === 'guest' ? undefined : { name: me.name },
    isStaff: consoleParts(me).length > 0,
    mayChat: me.kind !== 'guest' && holds(me, 'workforce.conversation.use'),
  };
};
