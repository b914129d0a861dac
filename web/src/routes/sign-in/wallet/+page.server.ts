import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { consoleParts } from '#lib/server/me.ts';
import { refusal } from '#lib/server/refusal.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { keepSignIn } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ next: safePath(url.searchParams.get('next')) });

export const actions: Actions = {
  begin: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      return { message: (await locals.api.identity.beginWalletSignIn({ address: textOf(form, 'address') ?? '' })).message };
    } catch (error) {
      return refusal(error, {});
    }
  },
  finish: async ({ request, locals, cookies, url }) => {
    const form = await request.formData();
    const device = request.headers.get('user-agent')?.slice(0, 200);
    const next = safePath(textOf(form, 'next')) ?? '';
    let onward: string;
    try {
      // to the letter as it was signed
      const message = String(form.get('message') ?? '').replaceAll('\r\n', '\n');
      const signature = textOf(form, 'signature') ?? '';
      const signedIn = await locals.api.identity.finishWalletSignIn({ message, signature, ...(device ? { device } : {}) });
      onward = keepSignIn(cookies, url, { ...signedIn, expiresAt: signedIn.expiresAt ?? '' }, next);
    } catch (error) {
      return refusal(error, {});
    }
    redirect(303, onward || (consoleParts(await locals.api.identity.getMe({})).length > 0 ? '/console' : '/library'));
  },
};
