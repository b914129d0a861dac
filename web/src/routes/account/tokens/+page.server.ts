import { redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await locals.me();
  if (me.kind === 'guest') redirect(303, '/sign-in?next=/account/tokens');
  const cursor = url.searchParams.get('cursor');
  const { items, nextCursor } = await locals.api.identity.listTokens(cursor ? { cursor } : {});
  const byPlugin = Map.groupBy(me.permissions, ({ name }) => name.split('.')[0] ?? '');
  const groups = [...byPlugin].map(([plugin, held]) => ({ plugin, permissions: held.map(({ name }) => name) }));
  return { tokens: items, nextCursor, groups };
};

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData();
    const name = textOf(form, 'name');
    const scopes = form.getAll('scope').map(String);
    const isAll = form.get('reach') === 'all';
    const kept = { name, scopes };
    if (!name) return notYet('Say what the token is for.', kept);
    if (!isAll && scopes.length === 0) return notYet('Choose what the token may do.', kept);
    try {
      const expiresInDays = Number(textOf(form, 'days') ?? '90');
      const made = await locals.api.identity.createToken({ name, expiresInDays, scopes: isAll ? ['*', ...scopes] : scopes });
      return { made: { token: made.token, expiresAt: made.expiresAt } };
    } catch (error) {
      return refusal(error, kept);
    }
  },
  end: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.revokeToken({ tokenId: textOf(form, 'token') ?? '' });
    } catch (error) {
      return refusal(error, {});
    }
    return { done: 'Ended.' };
  },
};
