import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { atEnd } from '@troupe-os/core/testing';
import { type Weather, weatherServer } from './outside-server.ts';

/** Serves it over HTTP on a free port until the test file ends. Answers its address; `seen` takes the headers of each request. */
export async function serveWeather(weather: Weather, seen: Headers[]): Promise<string> {
  const handler = createMcpHandler(() => weatherServer(weather));
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const body = method === 'POST' ? { body: Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)) } : {};
    const request = new Request(new URL(url, 'http://127.0.0.1'), {
      method,
      headers: headers as Record<string, string>,
      ...body,
    });
    seen.push(request.headers);
    const answered = await handler.fetch(request);
    outgoing.writeHead(answered.status, Object.fromEntries(answered.headers));
    if (answered.body) Readable.fromWeb(answered.body as never).pipe(outgoing);
    else outgoing.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}
