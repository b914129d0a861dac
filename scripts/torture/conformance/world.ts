// The house with the fixtures in it, in two processes' apps behind a round-robin that lets every request act as the same person.
import { dirname } from 'node:path';
import { mcp } from '@troupe-os/mcp-servers';
import { openHouse } from '../../../core/src/house.ts';
import { openApp } from '../../../core/src/http/open-app.ts';
import { listen } from '../../../core/src/http/server.ts';
import { readSettings } from '../../../core/src/settings.ts';
import { startRoundRobin } from '../../../mcp-servers/src/testing/round-robin.ts';
import installation from '../../../troupe.config.ts';
import type { Home } from '../../bench/places.ts';
import { fixturesPlugin, storeFixtures } from './fixtures.ts';
import { schemaPlugin } from './schema-fixture.ts';

export interface World {
  /** Of `/mcp`. */
  readonly address: string;
  /** How many requests each app has had. */
  readonly had: readonly number[];
  close(): Promise<void>;
}

export async function openWorld({ folder, databaseUrl }: Home): Promise<World> {
  const localKey = crypto.randomUUID();
  // the suites bring no token of their own
  const front = await startRoundRobin({ authorization: `Bearer ${localKey}` });
  const env = {
    TROUPE_HOME: folder,
    LOG_LEVEL: 'silent',
    TROUPE_CALL_LIMITS: 'off',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const root = dirname(dirname(dirname(import.meta.dirname)));
  const settings = { ...readSettings(env, root), publicUrl: front.url };
  const plugins = [fixturesPlugin, schemaPlugin, ...installation.plugins];
  const house = await openHouse({ plugins, surfaces: [] }, settings);
  await house.kernel.seed({ rehearsal: false });
  await storeFixtures(house.kernel);
  const servers = await Promise.all([1, 2].map(serve));
  front.to(servers.map(({ port }) => `http://127.0.0.1:${port}`));

  async function serve() {
    let app: Awaited<ReturnType<typeof openApp>> | undefined;
    const http = await listen((request, e) => app?.fetch(request, e) ?? new Response('starting', { status: 503 }), {
      port: 0,
      host: '127.0.0.1',
    });
    app = await openApp({ surfaces: [mcp()] }, house, { settings, localKey, port: http.port });
    return http;
  }

  return {
    address: `${front.url}/mcp`,
    had: front.had,
    async close() {
      await front.close();
      for (const server of servers) await server.close();
      await house.close();
    },
  };
}
