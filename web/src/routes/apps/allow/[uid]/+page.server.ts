import { redirect } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';
import { textOf } from '#lib/server/form-text.ts';
import { refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import type { Question } from './wire.ts';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  try {
    const question = (await (await locals.ask(`/oauth/interactions/${params.uid}`)).json()) as Question;
    return { question, me: (await locals.me()).name };
  } catch (error) {
    // who is not signed in signs in, and comes back
    if (error instanceof ClientError && error.status === 401) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
    throw error;
  }
};

export const actions: Actions = {
  allow: async ({ request, locals, params }) => {
    const form = await request.formData();
    const scopes = form.getAll('scope').flatMap((value) => String(value).split(' '));
    return decide(locals, params.uid, { decision: 'allow', scopes, days: Number(textOf(form, 'days')) });
  },
  refuse: ({ locals, params }) => decide(locals, params.uid, { decision: 'refuse' }),
};

/** Answers where the browser goes on: a redirect out of a form would meet the content security policy, so the page sends it there. */
async function decide(locals: App.Locals, uid: string, answer: object) {
  try {
    return (await (await locals.ask(`/oauth/interactions/${uid}`, answer)).json()) as { returnTo: string };
  } catch (error) {
    return refusal(error, {});
  }
}
