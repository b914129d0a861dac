// The web: storefront, console and chat, a built SvelteKit app behind everything else on the same port.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { coreErrors } from '@troupe-os/core';
import {
  ALREADY_ANSWERED,
  type AppVariables,
  defineSurface,
  isOwnPage,
  type Surface,
  type SurfaceHost,
} from '@troupe-os/core/surface';
import { freshBuild } from './fresh-build.ts';
import { type PageRequest, pageRequests } from './src/lib/server/bridge.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** Header names of our own, written over on every request: what a client says under them is never read. */
const PROTOCOL_HEADER = 'x-troupe-protocol';
const HOST_HEADER = 'x-troupe-host';
const MOST_FORM_BYTES = 65_536;
/** The one form that carries files; with scripts they go to the import action instead, which streams them. */
const UPLOAD_FORM = '/console/assets';
const MOST_UPLOAD_BYTES = 134_217_728;

/** The web as a surface. Mount it last: it answers every address that is nobody else's. */
export function web(): Surface {
  return defineSurface({
    name: 'web',
    async routes(app, host) {
      const handler = await loadHandler();
      const own = new URL(host.publicUrl);
      app.all('*', async (c) => {
        const { incoming, outgoing } = c.env as { incoming?: IncomingMessage; outgoing?: ServerResponse };
        // calls in process are for actions
        if (!incoming || !outgoing || c.req.path.startsWith('/api/')) return c.notFound();
        assertOwnPage(c.req.raw, host.publicUrl);
        assertSize(incoming, c.req.path);
        const origin = originOf(incoming, own);
        incoming.headers[PROTOCOL_HEADER] = origin.protocol.slice(0, -1);
        incoming.headers[HOST_HEADER] = origin.host;
        pageRequests().set(incoming, asPage(host, incoming, c.var));
        handler(incoming, outgoing, () => outgoing.writeHead(404).end());
        if (!outgoing.closed) await once(outgoing, 'close');
        return ALREADY_ANSWERED;
      });
    },
  });
}

async function loadHandler(): Promise<Handler> {
  const path = await freshBuild(FOLDER);
  process.env.TROUPE_WEB_PROTOCOL_HEADER = PROTOCOL_HEADER;
  process.env.TROUPE_WEB_HOST_HEADER = HOST_HEADER;
  process.env.TROUPE_WEB_BODY_SIZE_LIMIT = String(MOST_UPLOAD_BYTES);
  return ((await import(pathToFileURL(path).href)) as { handler: Handler }).handler;
}

/** Calls of a page run as the browser's session, from the browser's address, with the origin of its form checked. */
function asPage(host: SurfaceHost, incoming: IncomingMessage, { requestId, caller: { address } }: AppVariables): PageRequest {
  const env = { requestId, originChecked: true, ...(address ? { address } : {}) };
  return {
    requestId,
    fetch: (request) => host.fetch(request, env),
    report: (error) => host.kernel.log.error('a page failed', { requestId, path: pathOf(incoming), error: String(error) }),
  };
}

/** Every write here is a form's, with a session or without: the one that signs in must be ours too. Errors: core.cross_site. */
function assertOwnPage({ method, headers, url }: Request, publicUrl: string): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return;
  const said = { origin: headers.get('origin') ?? undefined, site: headers.get('sec-fetch-site') ?? undefined, url };
  if (!isOwnPage(said, publicUrl)) throw coreErrors.cross_site();
}

/**
 * Where the browser believes to be: at the public address, if that is https, whatever Host a proxy in front has written. Else a
 * form's Origin is the browser's own word, and only pages of ours can send the public one.
 */
function originOf(incoming: IncomingMessage, own: URL): { protocol: string; host: string } {
  const { origin, host = own.host } = incoming.headers;
  return own.protocol === 'https:' || origin === own.origin || host === own.host ? own : { protocol: 'http:', host };
}

/** Errors: core.body_too_large. */
function assertSize(incoming: IncomingMessage, path: string): void {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return;
  const mostBytes = path === UPLOAD_FORM ? MOST_UPLOAD_BYTES : MOST_FORM_BYTES;
  const length = Number(incoming.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (length > mostBytes) throw coreErrors.body_too_large({ mostBytes });
}

/** Without what stands after the question mark: it may be the key of an order. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}
