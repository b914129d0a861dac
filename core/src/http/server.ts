// The listening server: one port for REST, MCP and the web, and a stop that lets running answers finish.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { houseErrors, type TroupeError } from '../errors.ts';
import { endWhenSlow } from './slow-body.ts';

export interface RunningHttp {
  readonly port: number;
  /** Stops accepting, lets answers finish for 10 s, then ends what is left. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;

/** Of all other methods nobody here is told anything: TRACE would show a page its own cookies. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** How long and how large a request may be. The longest is a file of 512 MiB; `slow-body.ts` holds the rest to a pace. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 15 * 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  /** The address counts too. */
  maxHeaderSize: 16_384,
  requireHostHeader: true,
  /** What a proxy in front might read differently (two lengths, a length beside chunks, a bare line feed) is refused. */
  insecureHTTPParser: false,
} satisfies ServerOptions;

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** For tests: shorter times. */
  readonly limits?: ServerOptions & { readonly bodyGraceMs?: number };
}

/** Listens. Errors: core.port_taken, core.bad_host. */
export async function listen(
  fetch: (request: Request, env: object) => Response | Promise<Response>,
  { port, host, limits: { bodyGraceMs, ...limits } = {} }: ListenOptions,
): Promise<RunningHttp> {
  const answer = getRequestListener(fetch as never, { overrideGlobalObjects: false });
  const server = createServer({ ...LIMITS, ...limits }, (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (!METHODS.has(incoming.method ?? '')) {
      outgoing.writeHead(405, { allow: [...METHODS].join(', '), connection: 'close' }).end();
      return;
    }
    endWhenSlow(incoming, bodyGraceMs);
    void answer(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : port, close: () => drain(server) };
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): TroupeError {
  if (error.code === 'EADDRINUSE') return houseErrors.port_taken({ port });
  return houseErrors.bad_host({ host, port, reason: error.code }, error);
}
