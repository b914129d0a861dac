// A provider that says of everybody who comes that they are the same person, with whatever code: what it says is checked in the plugin's own tests.
import { createServer } from 'node:http';
import { atEnd } from '@troupe-os/core/testing';

export interface SignInProvider {
  readonly settings: Readonly<Record<string, string>>;
  /** From now on it tells of this address, in answer to whoever was sent to `url`. */
  expect(email: string, url: string): void;
}

export async function startSignInProvider(): Promise<SignInProvider> {
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
      return { access_token: 'a-token', token_type: 'bearer', id_token: `${part({ alg: 'ES256' })}.${part(claims)}.AAAA` };
    },
    '/user': () => ({ sub: 'one', email, email_verified: true }),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer?.() ?? {}));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref();
  atEnd(() => void server.close());
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'the-house', OIDC_CLIENT_SECRET: 'a-secret' },
    expect(address, url) {
      [email, nonce] = [address, new URL(url).searchParams.get('nonce') ?? ''];
    },
  };
}
