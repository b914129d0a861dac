// A provider that says of everybody who comes that they are the same person, with whatever code: what it says is checked in the plugin's own tests.
import { createServer, type IncomingMessage } from 'node:http';
import { atEnd } from '@troupe-os/core/testing';

export interface SignInProvider {
  readonly settings: Readonly<Record<string, string>>;
  /** From now on it tells of this address, in answer to whoever was sent to `url`. */
  expect(email: string, url: string): void;
}

/** `secret`: of the house, `accessToken`: what it is given, `heard`: told each request, before the answer; what it answers itself is sent instead. */
export interface SignInProviderOptions {
  readonly secret?: string;
  readonly accessToken?: string;
  heard?(request: IncomingMessage, body: Buffer): { readonly status: number; readonly body: string } | undefined;
}

export async function startSignInProvider(options: SignInProviderOptions = {}): Promise<SignInProvider> {
  const { secret = 'a-secret', accessToken = 'a-token', heard } = options;
  let [email, nonce] = ['', ''];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/user`,
    }),
    '/token': () => {
      const claims = { iss: issuer, sub: 'one', aud: 'the-house', exp: Math.floor(Date.now() / 1000) + 600, nonce };
      return { access_token: accessToken, token_type: 'bearer', id_token: `${part({ alg: 'ES256' })}.${part(claims)}.AAAA` };
    },
    '/user': () => ({ sub: 'one', email, email_verified: true }),
  };
  const server = createServer(async (request, response) => {
    const instead = heard?.(request, Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)));
    response.writeHead(instead?.status ?? 200, { 'content-type': 'application/json' });
    response.end(instead?.body ?? JSON.stringify(answers[request.url ?? '']?.() ?? {}));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref();
  atEnd(() => void server.close());
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'the-house', OIDC_CLIENT_SECRET: secret },
    expect(address, url) {
      [email, nonce] = [address, new URL(url).searchParams.get('nonce') ?? ''];
    },
  };
}
