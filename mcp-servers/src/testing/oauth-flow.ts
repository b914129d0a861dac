// OAuth step by step, with every parameter open to be wrong: for tests of what is refused.
import { createHash, randomBytes } from 'node:crypto';
import type { Browser } from './browser.ts';
import { answerApp, type Decision, type Person } from './sign-in.ts';

export const CALLBACK = 'http://127.0.0.1:33418/callback';

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Flow {
  /** The secret half of what every request of this flow is bound to (RFC 7636). */
  readonly verifier: string;
  /** Registers a client; answers its id. */
  register(metadata?: Record<string, unknown>): Promise<string>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** The address that a client opens; undefined leaves a parameter out. */
  authorizeUrl(clientId: string, more?: Parameters): URL;
  /** What the browser comes back with. */
  authorize(clientId: string, person: Person, more?: Parameters, decision?: Decision): Promise<URLSearchParams>;
  /** The token endpoint, as a form. */
  token(parameters: Parameters, headers?: Record<string, string>): Promise<Answered>;
  exchange(clientId: string, code: string, more?: Parameters): Promise<Answered>;
  refresh(clientId: string, refreshToken: string, more?: Parameters): Promise<Answered>;
  /** From the beginning to the tokens. */
  tokens(person: Person, more?: Parameters, decision?: Decision): Promise<Tokens>;
  /** One message of the newer era to an MCP address. */
  mcp(
    path: string,
    token: string | undefined,
    more?: { headers?: Record<string, string>; method?: string; params?: object },
  ): Promise<Answered>;
}

export interface Tokens {
  readonly clientId: string;
  readonly access: string;
  readonly refresh: string;
  readonly scope: string;
}

/** One verifier for all that this flow asks. */
export function startFlow(origin: string, browser: Browser): Flow {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  const flow: Flow = {
    verifier,
    async register(metadata = {}) {
      const about = { client_name: 'Test assistant', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', ...metadata };
      const { status, body } = await flow.post('/oauth/register', about);
      if (status !== 201) throw Object.assign(new Error(`${status}: ${JSON.stringify(body)}`), { status, body });
      return body.client_id as string;
    },
    async post(path, body, headers = {}) {
      return answered(
        await fetch(origin + path, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      );
    },
    authorizeUrl(clientId, more = {}) {
      const parameters = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: CALLBACK,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state: 'the-state',
        resource: `${origin}/mcp`,
        ...more,
      };
      return new URL(`${origin}/oauth/authorize?${form(parameters)}`);
    },
    async authorize(clientId, person, more, decision) {
      return (await answerApp(browser, flow.authorizeUrl(clientId, more), person, decision)).searchParams;
    },
    async token(parameters, headers = {}) {
      return answered(await fetch(`${origin}/oauth/token`, { method: 'POST', headers, body: form(parameters) }));
    },
    exchange: (clientId, code, more = {}) =>
      flow.token({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: CALLBACK,
        code,
        code_verifier: verifier,
        ...more,
      }),
    refresh: (clientId, refreshToken, more = {}) =>
      flow.token({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, ...more }),
    async tokens(person, more, decision) {
      const clientId = await flow.register();
      const back = await flow.authorize(clientId, person, more, decision);
      const { status, body } = await flow.exchange(clientId, back.get('code') ?? '');
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)} ${back}`);
      return {
        clientId,
        access: String(body.access_token),
        refresh: String(body.refresh_token),
        scope: String(body.scope),
      };
    },
    async mcp(path, token, { headers = {}, method = 'tools/list', params = {} } = {}) {
      const version = '2026-07-28';
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': version,
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const name = (params as { name?: string }).name;
      return answered(
        await fetch(origin + path, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': version,
            'mcp-method': method,
            ...(name ? { 'mcp-name': name } : {}),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
        }),
      );
    },
  };
  return flow;
}

function form(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return { status: response.status, headers: response.headers, body: parsed(data) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
