// The listening server: one port for REST, MCP and the web, and a stop that lets running answers finish.
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { houseErrors, type TroupeError } from '../errors.ts';

export interface RunningHttp {
  readonly port: number;
  /** Stops accepting, lets answers finish for 10 s, then ends what is left. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;

/** Listens. Errors: core.port_taken, core.bad_host. */
export async function listen(
  fetch: (request: Request, env: object) => Response | Promise<Response>,
  { port, host }: { port: number; host: string },
): Promise<RunningHttp> {
  const server = createServer(getRequestListener(fetch as never, { overrideGlobalObjects: false }));
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
