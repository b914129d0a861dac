// The app of one process: REST and all surfaces of the installation, under one public name.
import type { House } from '../house.ts';
import type { Installation } from '../installation.ts';
import type { Settings } from '../settings.ts';
import { challengeOf, type SurfaceHost } from '../surface.ts';
import { type App, createApp } from './app.ts';
import { hostsOf } from './hosts.ts';

export interface OpenAppOptions {
  /** With the public URL under which people reach it. */
  readonly settings: Settings;
  /** The local operator's. */
  readonly localKey: string;
  /** Where this very process listens. */
  readonly port: number;
}

export async function openApp(
  { surfaces }: Pick<Installation, 'surfaces'>,
  { kernel, metrics }: Pick<House, 'kernel' | 'metrics'>,
  { settings, localKey, port }: OpenAppOptions,
): Promise<App> {
  const { publicUrl, trustedProxies, metricsToken } = settings;
  const host: SurfaceHost = {
    kernel,
    fetch: async (request, env = {}) => app.fetch(request, env),
    publicUrl,
    settings,
    localUrl: `http://127.0.0.1:${port}`,
  };
  const app = createApp({
    kernel,
    metrics,
    localKey,
    hosts: hostsOf(settings),
    publicUrl,
    trustedProxies,
    metricsToken,
    challenge: challengeOf(surfaces, host),
  });
  for (const surface of surfaces) await surface.routes?.(app, host);
  return app;
}
