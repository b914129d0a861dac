import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if ((await locals.me()).kind === 'guest') redirect(303, '/sign-in?next=/apps');
  const cursor = url.searchParams.get('cursor');
  const { items, nextCursor } = await locals.api.identity.listApps(cursor ? { cursor } : {});
  return { apps: items, nextCursor };
};

export const actions: Actions = {
  end: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.revokeApp({ appId: textOf(form, 'app') ?? '' });
    } catch (error) {
      return refusal(error, {});
    }
    redirect(303, '/apps');
  },
};
