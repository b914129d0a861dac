// What people do with their secrets, in the right way and in the wrong one; each secret is planted as soon as there is one.
import { codeOf } from '../../../test/sign-in-things.ts';
import type { Asking, Who } from './asking.ts';
import type { World } from './house.ts';

export interface Somebody {
  readonly personId: string;
  readonly email: string;
  readonly password: string;
  readonly session: string;
}

const linkIn = (letter: string) => /token=([\w-]+)/.exec(letter)?.[1] ?? '';

/** Somebody whom the operator lets in with a link, and who chooses a password, forgets it, and chooses another. */
export async function comeIn({ tries, does }: Asking, { secrets: { plant, mark } }: World, operator: Who): Promise<Somebody> {
  const email = `ann-${mark.slice(0, 8)}@people.test`;
  const { personId = '' } = await does(operator, 'identity.create-person', { name: `Ann ${mark}`, email });
  await does(operator, 'identity.grant-role', { personId, role: 'admin' });
  const { link } = await does(operator, 'identity.create-link', { personId });
  const { session } = await does(undefined, 'identity.redeem-link', { link: plant('one-time link', link) });
  const own = { session: plant('session', session) };
  const present = plant('password');
  await does(own, 'identity.set-password', { password: present });
  await tries(undefined, 'identity.sign-in', { email, password: plant('wrong password') });
  await tries(undefined, 'identity.sign-in', { email: plant('password typed as the address'), password: '' });
  await tries(undefined, 'identity.sign-in', { email: `${plant('password typed in the address')}@people.test`, password: ' ' });
  await tries(own, 'identity.set-password', { passwort: plant('password under another name') });
  await tries(own, 'identity.set-password', { password: [plant('password in a list')] });
  await tries(own, 'identity.set-password', { password: plant('password that is too long').repeat(20) });
  await tries(undefined, 'identity.sign-in', `{"email":"${email}","password":"${plant('password in broken JSON')}`);
  await tries(undefined, 'identity.sign-in', {}, { query: `?password=${plant('password in the query')}` });
  await tries({ token: plant('wrong token') }, 'identity.get-me', {});
  await tries({ session: plant('wrong session') }, 'identity.get-me', {});
  await tries(own, 'identity.set-password', { [mark]: 'a word' });
  const password = plant('new password');
  await does(own, 'identity.set-password', { password, present });
  const { session: again } = await does(undefined, 'identity.sign-in', { email, password });
  return { personId, email, password, session: plant('session', again) };
}

/** A second factor, and what stands in for it. */
export async function protect(
  { does, tries }: Asking,
  { secrets: { plant } }: World,
  operator: Who,
  name: string,
): Promise<void> {
  const email = `${name}@people.test`;
  const { personId } = await does(operator, 'identity.create-person', { name, email });
  const { link } = await does(operator, 'identity.create-link', { personId });
  const { session } = await does(undefined, 'identity.redeem-link', { link: plant('one-time link', link) });
  const own = { session: plant('session', session) };
  const { key, uri } = await does(own, 'identity.enrol-authenticator');
  plant('key of an authenticator', key);
  plant('key of an authenticator', uri);
  const { recoveryCodes } = (await does(own, 'identity.confirm-authenticator', { code: codeOf(key) })) as unknown as {
    recoveryCodes: string[];
  };
  for (const code of recoveryCodes) plant('recovery code', code);
  const { link: next } = await does(operator, 'identity.create-link', { personId });
  const { challenge } = await does(undefined, 'identity.redeem-link', { link: plant('one-time link', next) });
  plant('challenge', challenge);
  await tries(undefined, 'identity.confirm-sign-in', { challenge, code: plant('wrong recovery code') });
  const done = await does(undefined, 'identity.confirm-sign-in', { challenge, code: recoveryCodes[0] });
  plant('session', done.session);
}

/** Letters with links. */
export async function write(
  { does }: Asking,
  { secrets: { plant, mark }, post }: World,
  operator: Who,
  ann: Somebody,
): Promise<void> {
  await does(undefined, 'identity.request-link', { email: ann.email });
  const link = plant('one-time link by letter', linkIn(await post.letterTo(ann.email)));
  const { session } = await does(undefined, 'identity.redeem-link', { link });
  plant('session', session);
  const email = `ben-${mark.slice(0, 8)}@people.test`;
  await does(operator, 'identity.invite-person', { name: `Ben ${mark}`, email, role: 'viewer' });
  const invitation = plant('invitation', linkIn(await post.letterTo(email)));
  const accepted = await does(undefined, 'identity.accept-invitation', { invitation });
  plant('session', accepted.session);
}

/** Tokens of a person and of a service; asked for again, as a rehearsal, and where a token is no token. */
export async function makeTokens(
  { does, tries }: Asking,
  { secrets: { plant } }: World,
  operator: Who,
  ann: Somebody,
): Promise<string> {
  const { token: service } = await does(operator, 'identity.create-token', { name: 'a service', role: 'editor' });
  plant('token of a service', service);
  const key = plant('idempotency key of a secret answer', crypto.randomUUID());
  const made = await tries(ann, 'identity.create-token', { name: 'laptop' }, { key });
  const token = plant('token of a person', made.body.token);
  await tries(ann, 'identity.create-token', { name: 'laptop' }, { key });
  await tries(ann, 'identity.create-token', { name: 'laptop' }, { query: '?dryRun=true' });
  await does({ token }, 'identity.get-me');
  return token;
}

/** Over a provider, whose code and whose token are secrets too. */
export async function linkAccount(
  { does, tries }: Asking,
  { secrets: { plant }, provider }: World,
  ann: Somebody,
): Promise<void> {
  const begin = () => does(ann, 'identity.begin-provider-sign-in', { provider: 'oidc', link: true });
  const { url = '', binding } = await begin();
  provider.expect(ann.email, url);
  const state = plant('state of a provider', new URL(url).searchParams.get('state') ?? '');
  plant('binding of a browser', binding);
  const code = plant('code of a provider');
  await does(ann, 'identity.finish-provider-sign-in', { state, binding, code });
  await tries(ann, 'identity.finish-provider-sign-in', { state, binding, code });
}
