import { consoleParts, holds } from '#lib/server/me.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals }) => {
  const me = await locals.me();
  return {
    visitor: me.kind === 'guest' ? undefined : { name: me.name },
    isStaff: consoleParts(me).length > 0,
    mayChat: me.kind !== 'guest' && holds(me, 'workforce.conversation.use'),
  };
};
