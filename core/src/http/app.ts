// The server's app: health, metrics, every action over REST, the document that describes them, and what surfaces mount.
import type { ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { Hono } from 'hono';
import { coreErrors, errorBody, HTTP_STATUS, TroupeError } from '../errors.ts';
import type { Caller } from '../kernel/call.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { describeForLog, translate } from '../kernel/translate.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Secret } from '../secret.ts';
import { authenticate, SESSION_COOKIE, sessionOf } from './authenticate.ts';
import { hostNameOf } from './hosts.ts';
import { mayReadMetrics } from './metrics-door.ts';
import { openApiDocument } from './openapi.ts';
import { REFERENCE_POLICY, referencePage } from './reference.ts';
import { mountRest } from './rest.ts';
import { safeHeaders, setOnSocket, setWhereMissing } from './safe-headers.ts';
import { isOwnPage } from './same-origin.ts';
import { visitorAddress } from './visitor-address.ts';

/** What `app.fetch(request, env)` is told beside the request: never a header, so no stranger can say it. */
export interface HttpEnv {
  readonly address?: string;
  readonly requestId?: string;
  /** The web surface has checked the origin of the form that it passes on. */
  readonly originChecked?: boolean;
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string } };
  readonly outgoing?: ServerResponse;
}

export interface AppVariables {
  caller: Caller;
  requestId: string;
  trace: string | undefined;
}

export type App = Hono<{ Bindings: HttpEnv; Variables: AppVariables }>;

export interface AppOptions {
  readonly kernel: Kernel;
  readonly metrics: Metrics;
  readonly localKey: string | undefined;
  /** Host names under which this server answers; undefined: any. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly publicUrl: string;
  /** Whose `X-Forwarded-For` is believed; undefined: nobody's. */
  readonly trustedProxies?: BlockList | undefined;
  /** Opens the metrics to who does not ask from this very machine; undefined: nothing does. */
  readonly metricsToken?: Secret | undefined;
  /** What a 401 at this path says beside `Bearer` (RFC 9110, section 11.6.1). */
  challenge?(path: string): string | undefined;
}

const OPEN_PATHS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

export function createApp(options: AppOptions): App {
  const { kernel, metrics, localKey, hosts, publicUrl, trustedProxies, metricsToken, challenge } = options;
  const app: App = new Hono();
  const safe = safeHeaders(publicUrl);

  app.use(async (c, next) => {
    const started = performance.now();
    const requestId = c.env?.requestId ?? crypto.randomUUID();
    c.set('requestId', requestId);
    c.set('trace', c.req.header('traceparent'));
    const own = [['x-request-id', requestId] as const, ...safe];
    setOnSocket(c.env?.outgoing, own);
    await next();
    setWhereMissing(c.res.headers, own);
    metrics.httpRequest({
      method: c.req.method,
      route: c.req.routePath,
      status: c.res.status,
      seconds: (performance.now() - started) / 1000,
    });
  });

  app.use(async (c, next) => {
    if (OPEN_PATHS.has(c.req.path)) return next();
    if (hosts && !c.env?.originChecked) assertHost(c.req.raw, hosts);
    const session = sessionOf(c.req.header('cookie'), publicUrl);
    const authorization = c.req.header('authorization');
    if (authorization === undefined && session && !c.env?.originChecked) assertSameSite(c.req.raw, publicUrl);
    const connected = c.env?.incoming?.socket.remoteAddress;
    const address = c.env?.address ?? visitorAddress(connected, c.req.header('x-forwarded-for'), trustedProxies);
    const caller = await authenticate(kernel, { authorization, session, address }, localKey);
    assertAudience(caller, publicUrl + c.req.path);
    c.set('caller', caller);
    await next();
  });

  app.get('/livez', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const fault = await kernel.readiness();
    return fault ? c.text(fault, 503) : c.text(['ready', kernel.remark()].filter(Boolean).join('\n'));
  });
  app.get('/metrics', async (c) => {
    const reader = { headers: c.req.raw.headers, connected: c.env?.incoming?.socket.remoteAddress };
    // whoever may not read them learns of no such address
    if (!mayReadMetrics(reader, { token: metricsToken, localKey, publicUrl })) return c.notFound();
    return c.text(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get('/openapi.json', async (c) => {
    c.header('vary', 'authorization, cookie');
    return c.json(openApiDocument(await kernel.actionsFor(c.var.caller), publicUrl) as never);
  });
  app.get('/reference', async (c) => {
    c.header('content-security-policy', REFERENCE_POLICY);
    c.header('vary', 'authorization, cookie');
    return c.html(referencePage(await kernel.actionsFor(c.var.caller), publicUrl));
  });

  mountRest(app, kernel);

  app.notFound((c) => c.json(errorBody(coreErrors.unreachable(), c.get('requestId')), 404));
  app.onError((error, c) => {
    const known = translate(error);
    if (!(error instanceof TroupeError))
      kernel.log.error('a request failed', { requestId: c.get('requestId'), error: describeForLog(error), path: c.req.path });
    if (known.kind === 'unauthenticated')
      c.header('www-authenticate', bearer(known.code === coreErrors.bad_credentials.code, challenge?.(c.req.path)));
    c.header('x-request-id', c.get('requestId'));
    const { retryAfterSeconds } = known.details ?? {};
    if (typeof retryAfterSeconds === 'number') c.header('retry-after', String(retryAfterSeconds));
    if (known.code === coreErrors.bad_credentials.code && isPage(c.req.raw)) return forgetSession(c.req.raw);
    return c.json(errorBody(known, c.get('requestId')), HTTP_STATUS[known.kind]);
  });
  return app;
}

/** A token that was given for one address is good for no other, whatever it may do there (RFC 8707). Errors: core.bad_credentials. */
function assertAudience({ principal: { audience } }: Caller, address: string): void {
  if (audience !== undefined && audience !== address) throw coreErrors.bad_credentials();
}

function bearer(isWrong: boolean, challenge: string | undefined): string {
  const parameters = [...(isWrong && challenge ? ['error="invalid_token"'] : []), ...(challenge ? [challenge] : [])];
  return ['Bearer', parameters.join(', ')].join(' ').trim();
}

/** Somebody reads in a browser, whose session has ended: no program is told so by another status than 401. */
function isPage({ headers }: Request): boolean {
  return !headers.has('authorization') && (headers.get('accept') ?? '').includes('text/html');
}

/** The same page without the session that has ended; after a form, the page that signs in. */
function forgetSession({ method, url }: Request): Response {
  const { pathname, search } = new URL(url);
  const location = method === 'GET' || method === 'HEAD' ? pathname.replace(/^\/+/, '/') + search : '/sign-in';
  const headers = new Headers({ location });
  headers.append('set-cookie', `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`);
  headers.append('set-cookie', `__Host-${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure`);
  return new Response(null, { status: 303, headers });
}

/** A write that a cookie vouches for must come from a page of ours. Errors: core.cross_site. */
function assertSameSite({ method, headers, url }: Request, publicUrl: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  const said = { origin: headers.get('origin') ?? undefined, site: headers.get('sec-fetch-site') ?? undefined, url };
  if (!isOwnPage(said, publicUrl)) throw coreErrors.cross_site();
}

/** The name in the address that was asked, and the one in the header, which may differ. Errors: core.wrong_host. */
function assertHost({ url, headers }: Request, hosts: ReadonlySet<string>): void {
  const header = headers.get('host');
  const names = [new URL(url).hostname, ...(header === null ? [] : [hostNameOf(header) ?? ''])];
  for (const host of names) if (!hosts.has(host)) throw coreErrors.wrong_host({ host });
}
