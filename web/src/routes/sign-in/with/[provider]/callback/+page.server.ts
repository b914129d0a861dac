import { redirect } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';
import { consoleParts } from '#lib/server/me.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { keepSignIn, takeBinding } from '#lib/server/session.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, cookies, url, request }) => {
  const { binding, next } = takeBinding(cookies, url);
  const [state, code] = [url.searchParams.get('state'), url.searchParams.get('code')];
  if (!binding || !state || !code)
    return { problem: 'The other site did not let you in, or another browser began. Begin again.' };
  const device = request.headers.get('user-agent')?.slice(0, 200);
  let onward: string;
  try {
    const back = await locals.api.identity.finishProviderSignIn({ state, code, binding, ...(device ? { device } : {}) });
    if (back.linked || !back.expiresAt) redirect(303, '/account');
    onward = keepSignIn(cookies, url, { ...back, expiresAt: back.expiresAt }, safePath(next) ?? '');
  } catch (error) {
    if (error instanceof ClientError && error.status < 500) return { problem: error.message };
    throw error;
  }
  if (onward) redirect(303, onward);
  redirect(303, consoleParts(await locals.api.identity.getMe({})).length > 0 ? '/console' : '/library');
};
