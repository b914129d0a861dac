// A server on this machine that speaks https for the names client.example and other.example, for tests of what is read from outside.
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificate, privateKey } from './certificate.ts';

/** Its own authority: who trusts it trusts nobody else by that. */
export const testAuthority: string = certificate;

/** Listens on a free port of this machine. */
export async function serveHttps(listener: RequestListener): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer({ cert: testAuthority, key: privateKey }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
