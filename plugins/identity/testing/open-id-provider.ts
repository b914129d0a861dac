// A real OpenID provider on loopback, whose people agree to everything, and a browser that walks through it.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export interface Claims {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface OpenIdProvider {
  readonly settings: Readonly<Record<string, string>>;
  /** Goes where a sign-in leads, as this person there. Answers what comes back in the address. */
  visit(url: string, as: Claims): Promise<URLSearchParams>;
  close(): Promise<void>;
}

const CLIENT = { id: 'troupe', secret: 'a-secret-of-the-house-and-the-provider' };

export async function startOpenIdProvider(redirectUri: string): Promise<OpenIdProvider> {
  const people = new Map<string, Claims>();
  let present: Claims = { sub: 'nobody' };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/agree/${uid}` },
    findAccount: async (_ctx: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ sub, ...people.get(sub) }) }),
  });
  const protocol = provider.callback();

  const answer: Parameters<typeof createServer>[1] & object = async (request, response) => {
    if (!request.url?.startsWith('/agree/')) return protocol(request, response);
    const { prompt, params } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: present.sub } });
    const grant = new provider.Grant({ accountId: present.sub, clientId: String(params.client_id) });
    grant.addOIDCScope([prompt.details.missingOIDCScope ?? []].flat().join(' '));
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  };

  return {
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: 'The Guild' },
    async visit(url, as) {
      present = as;
      people.set(as.sub, as);
      const jar = new Map<string, string>();
      for (let next = new URL(url); ; ) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
          if (value) jar.set(name, value);
          else jar.delete(name);
        }
        const location = response.headers.get('location');
        if (!location) throw new Error(`The provider stopped at ${response.status}: ${await response.text()}`);
        next = new URL(location, next);
        if (next.href.startsWith(redirectUri)) return next.searchParams;
      }
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
