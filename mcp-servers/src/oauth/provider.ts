// The authorization server: OAuth 2.1 by oidc-provider, with what this house leaves out and what it adds.
import { coreErrors } from '@troupe-os/core';
import type { Egress, SurfaceHost } from '@troupe-os/core/surface';
import Provider, { type Configuration, errors } from 'oidc-provider';
import { createAdapter } from './adapter.ts';
import { clientDefaults, correctMetadata, type KnownClient, knownClientMetadata } from './clients.ts';
import { INTERACTION_COOKIE, RESUME_COOKIE, SESSION_COOKIE } from './cookies.ts';
import { PAGE_POLICY, refusalPage } from './refusal-page.ts';
import { type Resource, resourceOf, scopesOf } from './resources.ts';
import { signingKey } from './signing-key.ts';

export interface ProviderParts {
  readonly host: SurfaceHost;
  readonly egress: Egress;
  readonly clients: readonly KnownClient[];
}

const CONSENT_PAGE = '/apps/allow/';

const ACCESS_TOKEN_SECONDS = 600;
const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 900;
const REFRESH_TOKEN_SECONDS = 30 * 86_400;
const MOST_DOCUMENT_BYTES = 5_120;
const TOKEN_BITS = 256;

export function createProvider(parts: ProviderParts): Provider {
  const { host, clients } = parts;
  const { kernel, publicUrl, settings } = host;
  const adapter = createAdapter({
    kernel,
    grantEnded: (...ended) => giveBack(host, ...ended),
  });
  const provider = new Provider(publicUrl, {
    adapter,
    clients: clients.map(knownClientMetadata),
    clientDefaults,
    clientAuthMethods: ['none'],
    extraClientMetadata: {
      properties: ['application_type_of_house'], // named so that the validator is asked
      validator: (_ctx, _key, _value, metadata) => correctMetadata(metadata),
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    scopes: [],
    jwks: { keys: [signingKey(kernel)] },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    cookies: {
      keys: [kernel.digest(['oauth-cookies'])],
      names: { session: SESSION_COOKIE, interaction: INTERACTION_COOKIE, resume: RESUME_COOKIE },
      long: { httpOnly: true, sameSite: 'lax', path: '/oauth' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      end_session: '/oauth/end',
    },
    formats: { bitsOfOpaqueRandomness: TOKEN_BITS },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
      Grant: REFRESH_TOKEN_SECONDS, // each one is saved with an end of its own
      RefreshToken: (ctx) => Math.max(1, Math.min(REFRESH_TOKEN_SECONDS, ctx.oidc.entities.Grant?.remainingTTL ?? 0)),
    },
    // a yes ends by its own date, by its person or by its client, and not with a session of the web
    expiresWithSession: () => false,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_ctx, { uid }) => CONSENT_PAGE + uid },
    clientBasedCORS: () => false,
    fetch: readOutside(parts.egress),
    renderError(ctx, out) {
      ctx.type = 'html';
      ctx.set('content-security-policy', PAGE_POLICY);
      ctx.body = refusalPage(out);
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false }, // it would bind tokens to keys that nobody here checks
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      registration: { enabled: settings.oauth.isRegistrationOpen, issueRegistrationAccessToken: false },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `${publicUrl}/mcp`, // what clients mean that were written before RFC 8707
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, identifier) => {
          const resource = Array.isArray(ctx.oidc.params?.resource) ? undefined : installed(host, identifier);
          if (!resource) throw new errors.InvalidTarget();
          return {
            scope: scopesOf(kernel, resource).join(' '),
            audience: resource.url,
            accessTokenFormat: 'opaque',
            accessTokenTTL: ACCESS_TOKEN_SECONDS,
          };
        },
      },
    },
  } satisfies Configuration);
  provider.proxy = true; // the two headers of a proxy are written by `answerBy`, over whatever was sent
  provider.on('server_error', (_ctx, error) => kernel.log.error('the authorization server failed', { error: String(error) }));
  return provider;
}

function installed({ kernel, publicUrl }: SurfaceHost, identifier: string): Resource | undefined {
  const resource = resourceOf(publicUrl, identifier);
  return resource?.plugin === undefined || kernel.plugins.has(resource.plugin) ? resource : undefined;
}

/** The yes ends in the record too: in the name of its person, by the word of the client that held it. */
async function giveBack({ kernel }: SurfaceHost, grantId: string, accountId: string): Promise<void> {
  const principal = { id: accountId, kind: 'user' as const, name: '', credential: `app:${grantId}` };
  const call = { action: 'identity.revoke-app', input: { appId: grantId }, caller: { principal, tainted: false } };
  await kernel.execute({ ...call, surface: 'oauth', requestId: crypto.randomUUID() }).catch((error: unknown) => {
    // its person was quicker
    if ((error as { kind?: string }).kind !== coreErrors.unknown_action.kind) throw error;
  });
}

/** What the provider reads from outside: documents of clients, by the one way out, and without following where they lead. */
function readOutside(egress: Egress): NonNullable<Configuration['fetch']> {
  return async (url) => {
    const { status, headers, body } = await egress.read({
      url: String(url),
      mostBytes: MOST_DOCUMENT_BYTES,
      mostRedirects: 0,
      headers: { accept: 'application/json' },
    });
    return new Response(status === 200 ? new Uint8Array(body) : null, { status, headers });
  };
}
