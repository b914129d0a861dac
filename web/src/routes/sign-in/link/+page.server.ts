import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { consoleParts } from '#lib/server/me.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { keepSignIn } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

// programs that look at links before people do must not use them up: only the button does
export const load: PageServerLoad = ({ url }) => {
  return { token: url.searchParams.get('token') ?? '' };
};

export const actions: Actions = {
  default: async ({ request, locals, cookies, url }) => {
    const link = textOf(await request.formData(), 'token');
    if (!link) return notYet('This address holds no sign-in link. Open the whole link again.', {});
    const device = request.headers.get('user-agent')?.slice(0, 200);
    let signedIn: Awaited<ReturnType<typeof locals.api.identity.redeemLink>>;
    try {
      signedIn = await locals.api.identity.redeemLink({ link, ...(device ? { device } : {}) });
    } catch (error) {
      return refusal(error, {});
    }
    const onward = keepSignIn(cookies, url, signedIn, '');
    if (onward) redirect(303, onward);
    const parts = consoleParts(await locals.api.identity.getMe({}));
    redirect(303, parts.length > 0 ? '/console' : '/library');
  },
};
