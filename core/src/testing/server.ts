// A listening server around a test kernel, for tests of surfaces over real HTTP.
import { tmpdir } from 'node:os';
import { createApp } from '../http/app.ts';
import { hostsOf } from '../http/hosts.ts';
import { listen } from '../http/server.ts';
import { createMetrics } from '../observe/metrics.ts';
import { readSettings } from '../settings.ts';
import { challengeOf, type Surface, type SurfaceHost } from '../surface.ts';
import { atEnd } from './endings.ts';
import type { TestKernel } from './kernel.ts';

export interface TestServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** The local operator's key. Whoever `as` has named signs in with `token-of-ID`. */
  readonly localKey: string;
  close(): Promise<void>;
}

/** Serves REST and the surfaces on a free port; it ends with the test file, or at `endAll`. `env`: settings. Two of them on one kernel are two processes on one database. */
export async function serveTestKernel(
  { kernel }: TestKernel,
  surfaces: readonly Surface[],
  { publicUrl, env = {} }: { publicUrl?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<TestServer> {
  let app: ReturnType<typeof createApp> | undefined;
  const http = await listen((request, env) => app?.fetch(request, env) ?? new Response('starting', { status: 503 }), {
    port: 0,
    host: '127.0.0.1',
  });
  const url = `http://127.0.0.1:${http.port}`;
  const localKey = crypto.randomUUID();
  const settings = { ...readSettings(env, tmpdir()), port: http.port, publicUrl: publicUrl ?? url };
  const host: SurfaceHost = {
    kernel,
    fetch: async (request, env = {}) => made.fetch(request, env),
    publicUrl: settings.publicUrl,
    localUrl: url,
    settings,
  };
  const challenge = challengeOf(surfaces, host);
  const made = createApp({
    kernel,
    metrics: createMetrics(),
    localKey,
    hosts: hostsOf(settings),
    publicUrl: settings.publicUrl,
    trustedProxies: settings.trustedProxies,
    metricsToken: settings.metricsToken,
    challenge,
  });
  for (const surface of surfaces) await surface.routes?.(made, host);
  app = made;
  const close = async () => {
    await http.close();
    for (const surface of surfaces) await surface.stop?.();
  };
  atEnd(close);
  return { url, localKey, close };
}
