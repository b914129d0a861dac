import { error, redirect } from '@sveltejs/kit';
import { safePath } from '#lib/server/safe-path.ts';
import { keepBinding } from '#lib/server/session.ts';
import type { PageServerLoad } from './$types';

// no form: browsers that obey `form-action 'self'` follow none to another site
export const load: PageServerLoad = async ({ params, locals, cookies, url }) => {
  const { providers } = await locals.api.identity.listWaysIn({});
  const found = providers.find(({ provider }) => provider === params.provider);
  if (!found) error(404, 'There is no such way in here.');
  const begun = await locals.api.identity.beginProviderSignIn({ provider: found.provider, link: url.searchParams.has('link') });
  keepBinding(cookies, url, begun.binding, safePath(url.searchParams.get('next')));
  redirect(303, begun.url, { external: true });
};
