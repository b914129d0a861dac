import { redirect } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';
import { forgetSession } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
  default: async ({ locals, cookies, url }) => {
    try {
      await locals.api.identity.signOut({});
    } catch (error) {
      // a session that has ended already is signed out
      if (!(error instanceof ClientError) || error.status >= 500) throw error;
    }
    forgetSession(cookies, url);
    redirect(303, '/');
  },
};
