import { redirect } from '@sveltejs/kit';
import type { Channel } from '@troupe-os/core';
import { textOf } from '#lib/server/form-text.ts';
import { qrCode } from '#lib/server/qr.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const me = await locals.me();
  if (me.kind === 'guest') redirect(303, '/sign-in?next=/account');
  const [passkeys, identities, ways, chats] = await Promise.all([
    locals.api.identity.listPasskeys({ limit: 100 }),
    locals.api.identity.listIdentities({ limit: 100 }),
    locals.api.identity.listWaysIn({}),
    channelsOf(locals),
  ]);
  const { name, email, hasPassword, hasAuthenticator, needsSecondFactor = false } = me;
  return {
    needsSecondFactor,
    me: { name, email, hasPassword, hasAuthenticator },
    passkeys: passkeys.items,
    identities: identities.items,
    providers: ways.providers,
    channels: chats.map(({ channel }) => channel),
  };
};

/** Fields of forms are text; what they are about says where an answer is shown. */
export const actions: Actions = {
  password: async ({ request, locals }) => {
    const form = await request.formData();
    const [password, present] = [form.get('password'), form.get('present')];
    if (typeof password !== 'string' || password === '') return notYet('Type a new password.', { at: 'password' });
    try {
      const proof = typeof present === 'string' && present !== '' ? { present } : {};
      await locals.api.identity.setPassword({ password, ...proof });
    } catch (error) {
      return refusal(error, { at: 'password' });
    }
    return { at: 'password', done: 'Your password is set. Your other sessions have ended.' };
  },
  enrol: async ({ locals }) => {
    try {
      return { at: 'authenticator', enrolling: shown((await locals.api.identity.enrolAuthenticator({})).uri) };
    } catch (error) {
      return refusal(error, { at: 'authenticator' });
    }
  },
  confirm: async ({ request, locals }) => {
    const form = await request.formData();
    const uri = textOf(form, 'uri');
    try {
      const { recoveryCodes } = await locals.api.identity.confirmAuthenticator({ code: textOf(form, 'code') ?? '' });
      return { at: 'authenticator', done: 'Your sign-in needs a code from now on.', recoveryCodes };
    } catch (error) {
      return refusal(error, { at: 'authenticator', ...(uri && { enrolling: shown(uri) }) });
    }
  },
  renew: async ({ locals }) => {
    try {
      const { recoveryCodes } = await locals.api.identity.renewRecoveryCodes({});
      return { at: 'authenticator', done: 'The codes before these are of no use any more.', recoveryCodes };
    } catch (error) {
      return refusal(error, { at: 'authenticator' });
    }
  },
  disable: async ({ locals }) => {
    try {
      await locals.api.identity.disableAuthenticator({});
    } catch (error) {
      return refusal(error, { at: 'authenticator' });
    }
    return { at: 'authenticator', done: 'Your sign-in needs no code any more.' };
  },
  beginPasskey: async ({ locals }) => {
    try {
      return { at: 'passkeys', options: (await locals.api.identity.beginPasskey({})).options };
    } catch (error) {
      return refusal(error, { at: 'passkeys' });
    }
  },
  addPasskey: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.addPasskey({
        credential: textOf(form, 'credential') ?? '',
        name: textOf(form, 'name') ?? 'A passkey',
      });
    } catch (error) {
      return refusal(error, { at: 'passkeys' });
    }
    return { at: 'passkeys', done: 'Added. It signs you in by itself.' };
  },
  removePasskey: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.removePasskey({ passkeyId: textOf(form, 'passkey') ?? '' });
    } catch (error) {
      return refusal(error, { at: 'passkeys' });
    }
    return { at: 'passkeys', done: 'Removed. Your other sessions have ended.' };
  },
  beginWallet: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      const address = textOf(form, 'address') ?? '';
      return { at: 'linked', message: (await locals.api.identity.beginWalletSignIn({ address, link: true })).message };
    } catch (error) {
      return refusal(error, { at: 'linked' });
    }
  },
  linkWallet: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      // to the letter as it was signed
      const message = String(form.get('message') ?? '').replaceAll('\r\n', '\n');
      await locals.api.identity.finishWalletSignIn({ message, signature: textOf(form, 'signature') ?? '' });
    } catch (error) {
      return refusal(error, { at: 'linked' });
    }
    return { at: 'linked', done: 'Linked. This wallet signs you in.' };
  },
  linkChat: async ({ request, locals }) => {
    const form = await request.formData();
    const channel = textOf(form, 'channel') as Channel; // the action refuses what is none
    try {
      const { code } = await locals.api.identity.beginAccountLink({ channel });
      const found = (await channelsOf(locals)).find((one) => one.channel === channel);
      return { at: 'linked', chat: { channel, code, url: found?.url?.replace('{code}', code) } };
    } catch (error) {
      return refusal(error, { at: 'linked' });
    }
  },
  unlink: async ({ request, locals }) => {
    const form = await request.formData();
    try {
      await locals.api.identity.unlinkIdentity({ identityId: textOf(form, 'identity') ?? '' });
    } catch (error) {
      return refusal(error, { at: 'linked' });
    }
    return { at: 'linked', done: 'Unlinked. Your other sessions have ended.' };
  },
};

/** The chats that are set up here. */
async function channelsOf(locals: App.Locals) {
  const response = await locals.ask('/chat/channels').catch(() => undefined); // a house without chat has none
  if (!response?.ok) return [];
  return ((await response.json()) as { items: { channel: Channel; url: string | null }[] }).items;
}

/** The key of an authenticator, as a picture and in letters, and the address that holds it. */
function shown(uri: string) {
  const key = URL.canParse(uri) ? (new URL(uri).searchParams.get('secret') ?? '') : '';
  return { uri, key: key.replace(/(.{4})(?=.)/g, '$1 '), qr: qrCode(uri) };
}
