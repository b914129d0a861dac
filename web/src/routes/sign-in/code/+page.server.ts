import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { consoleParts } from '#lib/server/me.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { keepSignIn, readChallenge } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => {
  return { next: safePath(url.searchParams.get('next')) };
};

export const actions: Actions = {
  default: async ({ request, locals, cookies, url }) => {
    const form = await request.formData();
    const [challenge, code] = [readChallenge(cookies, url), textOf(form, 'code')];
    if (!challenge) return notYet('This took too long. Sign in from the beginning.', {});
    if (!code) return notYet('Type the six digits that your authenticator shows.', {});
    try {
      keepSignIn(cookies, url, await locals.api.identity.confirmSignIn({ challenge, code }), '/');
    } catch (error) {
      return refusal(error, {});
    }
    const next = safePath(textOf(form, 'next'));
    redirect(303, next ?? (consoleParts(await locals.api.identity.getMe({})).length > 0 ? '/console' : '/library'));
  },
};
