import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { keepSignIn } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await locals.me();
  if (me.kind !== 'guest' && !url.searchParams.has('again')) redirect(303, safePath(url.searchParams.get('next')) ?? '/');
  const { providers } = await locals.api.identity.listWaysIn({});
  return { next: safePath(url.searchParams.get('next')), providers };
};

export const actions: Actions = {
  default: async ({ request, locals, cookies, url }) => {
    const form = await request.formData();
    const email = textOf(form, 'email');
    const password = form.get('password');
    if (!email || typeof password !== 'string' || password === '')
      return notYet('Type your e-mail address and your password.', { email });
    const device = request.headers.get('user-agent')?.slice(0, 200);
    let onward: string;
    try {
      const signedIn = await locals.api.identity.signIn({ email, password, ...(device ? { device } : {}) });
      onward = keepSignIn(cookies, url, signedIn, safePath(textOf(form, 'next')) ?? '/');
    } catch (error) {
      return refusal(error, { email });
    }
    redirect(303, onward);
  },
};
