import { createServer } from 'node:http';
import type { Tools } from '@troupe-os/core';
import { OAuth2Client } from 'arctic';
import { afterAll, expect, test } from 'vitest';
import { accountOf, authorizationUrl, openProvider, providersOf } from './providers.ts';

/** What GitHub and Discord answer, in the form of their documents. */
const answers: Record<string, unknown> = {};
const asked: { path: string; authorization: string | undefined; body: string }[] = [];
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[request.url ?? '']));
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const site = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
afterAll(() => void server.close());

const settings = {
  GITHUB_CLIENT_ID: 'a',
  GITHUB_CLIENT_SECRET: 'b',
  GOOGLE_CLIENT_ID: 'a',
  GOOGLE_CLIENT_SECRET: 'b',
  DISCORD_CLIENT_ID: 'a',
};
const tools = {
  settings,
  publicUrl: 'https://troupe.test',
  now: new Date(),
  signal: new AbortController().signal,
} as unknown as Tools;
const passage = { state: 'the-state', verifier: 'v'.repeat(43), nonce: 'the-nonce' };
const at = (key: string) => ({
  key,
  scopes: [],
  endpoints: { authorize: `${site}/authorize`, token: `${site}/token`, account: `${site}/user` },
  client: new OAuth2Client('house', 'secret', 'https://troupe.test/back'),
});

test('a provider is there when both its id and its secret are set', async () => {
  expect(providersOf(settings).map(({ provider }) => provider)).toEqual(['google', 'github']);
  const url = new URL(await authorizationUrl(await openProvider(tools, 'google'), passage));
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    redirect_uri: 'https://troupe.test/sign-in/with/google/callback',
    code_challenge_method: 'S256',
    state: 'the-state',
    nonce: 'the-nonce',
    scope: 'openid email',
  });
  expect(url.href).not.toContain(passage.verifier);
});

test('of GitHub the primary address counts, when it is verified', async () => {
  answers['/token'] = { access_token: 'the-token', token_type: 'bearer' };
  answers['/user'] = { id: 583231, login: 'octocat', name: 'Octo' };
  const primary = { email: 'octo@people.test', primary: true, verified: true };
  answers['/user/emails'] = [{ email: 'other@people.test', primary: false, verified: true }, primary];
  expect(await accountOf(tools, at('github'), 'the-code', passage)).toEqual({
    subject: '583231',
    verifiedEmail: 'octo@people.test',
    label: 'octocat',
  });
  expect(asked.find(({ path }) => path === '/token')?.body).toContain(`code_verifier=${passage.verifier}`);
  expect(asked.find(({ path }) => path === '/user')?.authorization).toBe('Bearer the-token');

  answers['/user/emails'] = [{ ...primary, verified: false }];
  expect(await accountOf(tools, at('github'), 'the-code', passage)).toMatchObject({ verifiedEmail: undefined });
});

test('of Discord the address counts when it is verified, and an account without one has none', async () => {
  answers['/user'] = { id: '80351110224678912', username: 'nelly', email: 'nelly@people.test', verified: true };
  expect(await accountOf(tools, at('discord'), 'the-code', passage)).toEqual({
    subject: '80351110224678912',
    verifiedEmail: 'nelly@people.test',
    label: 'nelly',
  });
  for (const change of [{ verified: false }, { email: null }]) {
    answers['/user'] = { id: '1', username: 'nelly', email: 'nelly@people.test', verified: true, ...change };
    expect(await accountOf(tools, at('discord'), 'the-code', passage)).toMatchObject({ verifiedEmail: undefined });
  }
});

test('whatever else a provider answers is no account', async () => {
  answers['/token'] = { error: 'bad_verification_code' }; // GitHub says so with status 200
  await expect(accountOf(tools, at('github'), 'the-code', passage)).rejects.toMatchObject({ code: 'identity.provider_failed' });
  answers['/token'] = { access_token: 'the-token', token_type: 'bearer' };
  answers['/user'] = { message: 'Moved' };
  await expect(accountOf(tools, at('discord'), 'the-code', passage)).rejects.toMatchObject({ code: 'identity.provider_failed' });
});
