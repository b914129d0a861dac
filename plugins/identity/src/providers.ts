// Sites that say who somebody is, by OAuth 2 with PKCE (RFC 6749, RFC 7636) and OpenID Connect. Arctic speaks the protocol,
// is loaded with the first sign-in, and all that we know of it stands in this file. A provider is there when its id and secret are in the settings.
import type { Tools } from '@troupe-os/core';
import type { OAuth2Client, OAuth2Tokens } from 'arctic';
import { z } from 'zod';
import { identityErrors } from './errors.ts';

export const PROVIDERS = ['google', 'github', 'discord', 'oidc'] as const;
export type ProviderId = (typeof PROVIDERS)[number];

/** Whom a provider has told us of. */
export interface Account {
  readonly subject: string;
  /** Undefined: it has no address, or has not verified it. */
  readonly verifiedEmail: string | undefined;
  readonly label: string;
}

interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  /** Where the account is read, with the access token. */
  readonly account: string;
  /** Who signs identity tokens; undefined: OAuth 2 alone. */
  readonly issuer?: string;
}

interface Provider {
  /** Under which its accounts are stored. */
  readonly key: string;
  readonly scopes: readonly string[];
  readonly endpoints: Endpoints;
  readonly client: OAuth2Client;
}

/** What one sign-in is recognised by on its way; it can be made again from its id. */
export interface Passage {
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
}

export const SETTINGS = {
  GOOGLE_CLIENT_ID: 'the id of this house at Google',
  GOOGLE_CLIENT_SECRET: 'its secret',
  GITHUB_CLIENT_ID: 'the id of this house at GitHub',
  GITHUB_CLIENT_SECRET: 'its secret',
  DISCORD_CLIENT_ID: 'the id of this house at Discord',
  DISCORD_CLIENT_SECRET: 'its secret',
  OIDC_ISSUER: 'the address of any OpenID provider, as its tokens name it',
  OIDC_CLIENT_ID: 'the id of this house there',
  OIDC_CLIENT_SECRET: 'its secret',
  OIDC_NAME: 'what people call it',
} as const;

const WELL_KNOWN: Readonly<Record<Exclude<ProviderId, 'oidc'>, { title: string; scopes: string[]; endpoints: Endpoints }>> = {
  google: {
    title: 'Google',
    scopes: ['openid', 'email'],
    endpoints: {
      authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
      token: 'https://oauth2.googleapis.com/token',
      account: 'https://openidconnect.googleapis.com/v1/userinfo',
      issuer: 'https://accounts.google.com',
    },
  },
  github: {
    title: 'GitHub',
    scopes: ['read:user', 'user:email'],
    endpoints: {
      authorize: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
      account: 'https://api.github.com/user',
    },
  },
  discord: {
    title: 'Discord',
    scopes: ['identify', 'email'],
    endpoints: {
      authorize: 'https://discord.com/oauth2/authorize',
      token: 'https://discord.com/api/oauth2/token',
      account: 'https://discord.com/api/users/@me',
    },
  },
};
const TIMEOUT_MS = 10_000;
const MOST_CHARACTERS = 100_000;

type Settings = Tools['settings'];

/** The providers that are set up, in our order. */
export function providersOf(settings: Settings): { provider: ProviderId; title: string }[] {
  return PROVIDERS.filter((id) => credentialsOf(settings, id) && (id !== 'oidc' || settings.OIDC_ISSUER)).map((provider) => ({
    provider,
    title: provider === 'oidc' ? (settings.OIDC_NAME ?? 'OpenID') : WELL_KNOWN[provider].title,
  }));
}

/** Errors: identity.unknown_provider, identity.provider_failed. */
export async function openProvider(tools: Tools, id: ProviderId): Promise<Provider> {
  const credentials = credentialsOf(tools.settings, id);
  if (!credentials || !providersOf(tools.settings).some(({ provider }) => provider === id))
    throw identityErrors.unknown_provider();
  const { OAuth2Client } = await import('arctic');
  const client = new OAuth2Client(credentials.id, credentials.secret, `${tools.publicUrl}/sign-in/with/${id}/callback`);
  if (id !== 'oidc') return { key: id, client, ...WELL_KNOWN[id] };
  const issuer = tools.settings.OIDC_ISSUER ?? '';
  return { key: `oidc ${issuer}`, scopes: ['openid', 'email'], client, endpoints: await discover(tools, issuer) };
}

export async function authorizationUrl(
  { client, endpoints, scopes }: Provider,
  { state, verifier, nonce }: Passage,
): Promise<string> {
  const { CodeChallengeMethod } = await import('arctic');
  const url = client.createAuthorizationURLWithPKCE(endpoints.authorize, state, CodeChallengeMethod.S256, verifier, [...scopes]);
  if (endpoints.issuer) url.searchParams.set('nonce', nonce);
  return url.href;
}

/** Exchanges the code of a callback, and asks whose it is. Errors: identity.provider_failed. */
export async function accountOf(tools: Tools, provider: Provider, code: string, passage: Passage): Promise<Account> {
  const { client, endpoints, key } = provider;
  const tokens = await client.validateAuthorizationCode(endpoints.token, code, passage.verifier).catch((cause: unknown) => {
    throw identityErrors.provider_failed(undefined, cause);
  });
  const token = accessToken(tokens);
  const read = (address: string) => readJson(tools, address, token);
  if (key === 'github') return githubAccount(await read(endpoints.account), await read(`${endpoints.account}/emails`));
  if (key === 'discord') return discordAccount(await read(endpoints.account));
  const subject = await subjectOf(tokens, endpoints.issuer ?? '', client.clientId, passage.nonce, tools.now);
  return openIdAccount(await read(endpoints.account), subject);
}

function credentialsOf(settings: Settings, id: ProviderId): { id: string; secret: string } | undefined {
  const name = id.toUpperCase() as Uppercase<ProviderId>;
  const [clientId, secret] = [settings[`${name}_CLIENT_ID`], settings[`${name}_CLIENT_SECRET`]];
  return clientId && secret ? { id: clientId, secret } : undefined;
}

const discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  userinfo_endpoint: z.url(),
});

/** OpenID Connect Discovery 1.0. */
async function discover(tools: Tools, issuer: string): Promise<Endpoints> {
  const found = parse(discovery, await readJson(tools, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (found.issuer !== issuer) throw identityErrors.provider_failed();
  return { authorize: found.authorization_endpoint, token: found.token_endpoint, account: found.userinfo_endpoint, issuer };
}

const identityToken = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  nonce: z.string(),
});

/** The token came from the provider itself, so its signature need not be looked at (OpenID Connect Core 1.0, 3.1.3.7). */
async function subjectOf(tokens: OAuth2Tokens, issuer: string, clientId: string, nonce: string, now: Date): Promise<string> {
  const { decodeIdToken } = await import('arctic');
  let claims: unknown;
  try {
    claims = decodeIdToken(tokens.idToken());
  } catch (cause) {
    throw identityErrors.provider_failed(undefined, cause);
  }
  const token = parse(identityToken, claims);
  const isOurs = token.iss === issuer && [token.aud].flat().includes(clientId) && token.nonce === nonce;
  if (!isOurs || token.exp * 1000 <= now.getTime()) throw identityErrors.provider_failed();
  return token.sub;
}

const openIdUser = z.object({ sub: z.string(), email: z.string().optional(), email_verified: z.boolean().optional() });

function openIdAccount(user: unknown, subject: string): Account {
  const { sub, email, email_verified } = parse(openIdUser, user);
  if (sub !== subject) throw identityErrors.provider_failed();
  return { subject, verifiedEmail: email_verified ? email : undefined, label: email ?? subject };
}

const githubUser = z.object({ id: z.int(), login: z.string() });
const githubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

function githubAccount(user: unknown, emails: unknown): Account {
  const { id, login } = parse(githubUser, user);
  const primary = parse(githubEmails, emails).find((one) => one.primary && one.verified);
  return { subject: String(id), verifiedEmail: primary?.email, label: login };
}

const discordUser = z.object({
  id: z.string().min(1).max(64),
  username: z.string(),
  email: z.string().nullish(),
  verified: z.boolean().optional(),
});

function discordAccount(user: unknown): Account {
  const { id, username, email, verified } = parse(discordUser, user);
  return { subject: id, verifiedEmail: (verified && email) || undefined, label: username };
}

function accessToken(tokens: OAuth2Tokens): string {
  try {
    return tokens.accessToken();
  } catch (cause) {
    throw identityErrors.provider_failed(undefined, cause);
  }
}

async function readJson({ signal }: Tools, address: string, token?: string): Promise<unknown> {
  const headers = { accept: 'application/json', 'user-agent': 'troupe', ...(token && { authorization: `Bearer ${token}` }) };
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(address, { headers, redirect: 'error', signal: inTime });
    const text = await response.text();
    if (!response.ok || text.length > MOST_CHARACTERS) throw new Error(`status ${response.status}, ${text.length} characters`);
    return JSON.parse(text);
  } catch (cause) {
    throw identityErrors.provider_failed(undefined, cause);
  }
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw identityErrors.provider_failed(undefined, parsed.error);
  return parsed.data;
}
