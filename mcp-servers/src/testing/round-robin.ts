// What stands in front of several processes: each request goes to the next one, whoever sent it.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  /** How many requests each has had, by its place. */
  readonly had: number[];
  /** From now on these answer. */
  to(urls: readonly string[]): void;
  close(): Promise<void>;
}

/** `headers` are added to each request, e.g. the token of a client that has none. */
export async function startRoundRobin(headers: Readonly<Record<string, string>> = {}): Promise<RoundRobin> {
  let targets: readonly URL[] = [];
  let turn = 0;
  const had: number[] = [];
  const server = createServer((asked, answer) => {
    const place = turn++ % targets.length;
    had[place] = (had[place] ?? 0) + 1;
    const { hostname, port } = targets[place] as URL;
    const passed = request(
      { hostname, port, method: asked.method, path: asked.url, headers: { ...asked.headers, ...headers }, agent: false },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    // answered before all of it was read (a body too large): what still comes must not hold up the next request of this connection
    passed.on('close', () => asked.unpipe(passed).resume());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    had,
    to(urls) {
      targets = urls.map((url) => new URL(url));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
