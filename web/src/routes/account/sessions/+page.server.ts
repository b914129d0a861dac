import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if ((await locals.me()).kind === 'guest') redirect(303, '/sign-in?next=/account/sessions');
  const cursor = url.searchParams.get('cursor');
  const { items, nextCursor } = await locals.api.identity.listSessions(cursor ? { cursor } : {});
  return { sessions: items, nextCursor };
};

export const actions: Actions = {
  end: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.revokeSession({ sessionId: textOf(form, 'session') ?? '' });
    } catch (error) {
      return refusal(error, {});
    }
    return { done: 'Ended.' };
  },
  endOthers: async ({ locals }) => {
    try {
      for (;;) {
        const { items } = await locals.api.identity.listSessions({ limit: 100 });
        const others = items.filter(({ current }) => !current);
        for (const { sessionId } of others) await locals.api.identity.revokeSession({ sessionId });
        if (others.length < 99) return { done: 'You are signed in here alone.' };
      }
    } catch (error) {
      return refusal(error, {});
    }
  },
};
