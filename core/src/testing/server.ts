// A listening server around a test kernel, for tests of surfaces over real HTTP.
import { tmpdir } from 'node:os';
import { afterAll } from 'vitest';
import { createApp } from '../http/app.ts';
import { listen } from '../http/server.ts';
import { createMetrics } from '../observe/metrics.ts';
import { readSettings } from '../settings.ts';
import type { Surface } from '../surface.ts';
import type { TestKernel } from './kernel.ts';

export interface TestServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** The local operator's key. Whoever `as` has named signs in with `token-of-ID`. */
  readonly localKey: string;
  close(): Promise<void>;
}

const openServers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of openServers.splice(0)) await close();
});

/** Serves REST and the surfaces on a free port; it ends with the test file. Two of them on one kernel are two processes on one database. */
export async function serveTestKernel({ kernel }: TestKernel, surfaces: readonly Surface[]): Promise<TestServer> {
  let app: ReturnType<typeof createApp> | undefined;
  const http = await listen((request, env) => app?.fetch(request, env) ?? new Response('starting', { status: 503 }), {
    port: 0,
    host: '127.0.0.1',
  });
  const url = `http://127.0.0.1:${http.port}`;
  const localKey = crypto.randomUUID();
  const made = createApp({ kernel, metrics: createMetrics(), localKey, hosts: undefined, publicUrl: url });
  const settings = { ...readSettings({}, tmpdir()), port: http.port, publicUrl: url };
  const inProcess = async (request: Request, env: object = {}) => made.fetch(request, env);
  for (const surface of surfaces)
    await surface.routes?.(made, { kernel, fetch: inProcess, publicUrl: url, localUrl: url, settings });
  app = made;
  const close = async () => {
    await http.close();
    for (const surface of surfaces) await surface.stop?.();
  };
  openServers.push(close);
  return { url, localKey, close };
}
