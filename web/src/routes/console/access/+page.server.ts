import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const KINDS = ['role', 'token', 'app'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'access');
  const cursor = url.searchParams.get('cursor');
  const { items, nextCursor } = await locals.api.governance.listAccessReviews({ limit: 50, ...(cursor ? { cursor } : {}) });
  return {
    reviews: items,
    nextCursor,
    names: await namesOf(
      locals,
      items.map(({ startedBy }) => startedBy),
    ),
    mayStart: holds(me, 'governance.access-review.manage'),
    today: new Date().toISOString().slice(0, 10),
  };
};

export const actions: Actions = {
  start: async ({ request, locals }) => {
    const form = await request.formData();
    const title = textOf(form, 'title');
    const kinds = KINDS.filter((kind) => form.getAll('kind').includes(kind));
    if (!title || kinds.length === 0) return notYet(title ? 'Choose what it looks at.' : 'Give it a name.', { title, kinds });
    let reviewId: string;
    try {
      ({ reviewId } = await locals.api.governance.startAccessReview({ title, kinds }));
    } catch (error) {
      return refusal(error, { title, kinds });
    }
    redirect(303, `/console/access/${reviewId}`);
  },
};
