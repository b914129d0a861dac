import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { consoleParts } from '#lib/server/me.ts';
import { refusal } from '#lib/server/refusal.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { keepSession } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ next: safePath(url.searchParams.get('next')) });

export const actions: Actions = {
  begin: async ({ locals }) => {
    try {
      return { options: (await locals.api.identity.beginPasskeySignIn({})).options };
    } catch (error) {
      return refusal(error, {});
    }
  },
  finish: async ({ request, locals, cookies, url }) => {
    const form = await request.formData();
    const device = request.headers.get('user-agent')?.slice(0, 200);
    try {
      const credential = textOf(form, 'credential') ?? '';
      keepSession(cookies, url, await locals.api.identity.signInWithPasskey({ credential, ...(device ? { device } : {}) }));
    } catch (error) {
      return refusal(error, {});
    }
    const next = safePath(textOf(form, 'next'));
    redirect(303, next ?? (consoleParts(await locals.api.identity.getMe({})).length > 0 ? '/console' : '/library'));
  },
};
