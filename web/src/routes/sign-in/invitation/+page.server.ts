import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { consoleParts } from '#lib/server/me.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { keepSession } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

// programs that look at links before people do must not use them up: only the button does
export const load: PageServerLoad = ({ url }) => {
  return { token: url.searchParams.get('token') ?? '' };
};

export const actions: Actions = {
  default: async ({ request, locals, cookies, url }) => {
    const invitation = textOf(await request.formData(), 'token');
    if (!invitation) return notYet('This address holds no invitation. Open the whole link again.', {});
    const device = request.headers.get('user-agent')?.slice(0, 200);
    try {
      keepSession(cookies, url, await locals.api.identity.acceptInvitation({ invitation, ...(device ? { device } : {}) }));
    } catch (error) {
      return refusal(error, {});
    }
    const parts = consoleParts(await locals.api.identity.getMe({}));
    redirect(303, parts.length > 0 ? '/console' : '/library');
  },
};
