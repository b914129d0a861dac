// The authorization server's addresses, beside everything else on the same port.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { coreErrors } from '@troupe-os/core';
import {
  ALREADY_ANSWERED,
  type App,
  type AppVariables,
  createEgress,
  type Egress,
  type HttpEnv,
  readJson,
  type SurfaceHost,
} from '@troupe-os/core/surface';
import type { Context } from 'hono';
import { answerFor } from './caps.ts';
import type { KnownClient } from './clients.ts';
import { type Asked, consentAnswer, createConsent } from './consent.ts';
import { cookiesOf, INTERACTION_COOKIE, SESSION_COOKIE } from './cookies.ts';
import { PAGE_POLICY } from './refusal-page.ts';
import { METADATA_PATH, resourceAt, resourceMetadata } from './resources.ts';

type OAuthContext = Context<{ Bindings: HttpEnv; Variables: AppVariables }>;

export interface OAuthOptions {
  /** Clients that need not register. */
  readonly clients?: readonly KnownClient[];
  /** Reads documents of clients; default: the public internet, and this machine where TROUPE_EGRESS_LOOPBACK says so. */
  readonly egress?: Egress;
}

const PROVIDED = ['/oauth/authorize', '/oauth/authorize/:uid', '/oauth/token', '/oauth/register', '/oauth/revoke', '/oauth/jwks'];
const SERVER_METADATA = '/.well-known/oauth-authorization-server';
const MOST_REGISTRATION_BYTES = 8_192;

/** Mounts the authorization server and the metadata of what it protects. */
export function mountOAuth(app: App, host: SurfaceHost, { clients = [], egress }: OAuthOptions): void {
  const { publicUrl, settings } = host;
  const outside = egress ?? createEgress({ isLoopbackOpen: settings.isEgressLoopbackOpen });
  // half a second and fifty megabytes that a house without such clients never pays
  let opening: ReturnType<typeof open> | undefined;
  const opened = () => {
    opening ??= open();
    return opening;
  };
  async function open() {
    const { createProvider } = await import('./provider.ts');
    const provider = createProvider({ host, clients, egress: outside });
    return { answer: provider.callback(), consent: createConsent(host, provider) };
  }

  for (const path of ['/mcp', '/mcp/:plugin']) {
    app.get(METADATA_PATH + path, (c) => {
      const resource = resourceAt(publicUrl, c.req.path.slice(METADATA_PATH.length));
      if (!resource) throw coreErrors.unreachable();
      return c.json(resourceMetadata(publicUrl, resource), 200, { 'access-control-allow-origin': '*' });
    });
  }

  app.post('/oauth/register', async (c, next) => {
    const length = Number(c.req.header('content-length') ?? Number.POSITIVE_INFINITY);
    // as RFC 7591 writes it
    if (!(length <= MOST_REGISTRATION_BYTES))
      return c.json({ error: 'invalid_client_metadata', error_description: coreErrors.body_too_large.message }, 400);
    return next();
  });
  for (const path of [...PROVIDED, SERVER_METADATA])
    app.all(path, async (c) => answerBy(c, (await opened()).answer, new URL(publicUrl)));

  app.get('/oauth/interactions/:uid', async (c) => c.json(await (await opened()).consent.question(askedBy(c))));
  app.post('/oauth/interactions/:uid', async (c) => {
    const given = consentAnswer.safeParse(await readJson(c.req.raw));
    if (!given.success) throw coreErrors.invalid_input();
    return c.json(await (await opened()).consent.answer(askedBy(c), given.data));
  });
}

function askedBy(c: OAuthContext): Asked {
  const browser = cookiesOf(c.req.header('cookie')).find(({ name }) => name === INTERACTION_COOKIE)?.value;
  return { caller: c.var.caller, requestId: c.var.requestId, uid: c.req.param('uid') ?? '', browser };
}

/** Hands a request to the provider, under the public name of this house whatever the request calls it. */
async function answerBy(
  c: OAuthContext,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  { host, protocol }: URL,
): Promise<Response> {
  const { incoming, outgoing } = c.env as { incoming?: IncomingMessage; outgoing?: ServerResponse };
  if (!incoming || !outgoing) throw coreErrors.unreachable(); // a call in process
  const { headers } = incoming;
  headers['x-forwarded-host'] = host;
  headers['x-forwarded-proto'] = protocol.slice(0, -1);
  // every request begins unknown to the provider: who is signed in is asked of the house
  const kept = cookiesOf(headers.cookie).filter(({ name }) => !name.startsWith(SESSION_COOKIE));
  headers.cookie = kept.map(({ name, value }) => `${name}=${value}`).join('; ');
  outgoing.setHeader('referrer-policy', 'no-referrer');
  outgoing.setHeader('content-security-policy', PAGE_POLICY);
  await answerFor(c.var.caller.address, () => answer(incoming, outgoing));
  if (!outgoing.closed) await once(outgoing, 'close');
  return ALREADY_ANSWERED;
}
