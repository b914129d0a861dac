import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { passageOf, recordPassage } from '../provider-sign-ins.ts';
import { authorizationUrl, openProvider, PROVIDERS } from '../providers.ts';
import { assertFresh, assertOwnSession } from '../sessions.ts';

export const beginProviderSignIn = defineAction({
  name: 'identity.begin-provider-sign-in',
  title: 'Sign in over another site',
  description:
    'Answers where to go to sign in, or to link the account to your own after a fresh sign-in. The binding stays in the browser that began, and is handed back with what the site sends along.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  input: z.strictObject({ provider: z.enum(PROVIDERS), link: z.boolean().default(false) }),
  output: z.strictObject({ url: secret(), binding: secret() }),
  async prepare(tools, { provider, link }) {
    const actorId = link ? await assertFresh(tools) : undefined;
    const id = crypto.randomUUID();
    const passage = passageOf(tools, id);
    const url = await authorizationUrl(await openProvider(tools, provider), passage);
    return { id, actorId, url, state: passage.state, binding: passage.binding };
  },
  async handler(ctx, { provider, link }, { url, ...passage }) {
    if (link) assertOwnSession(ctx);
    await recordPassage(ctx, { provider, ...passage });
    return { url, binding: passage.binding };
  },
});
