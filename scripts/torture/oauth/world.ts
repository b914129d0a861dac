// A house with OAuth, in two processes' apps behind a round-robin, and people who sign in: what the attacks are made in.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { createEgress } from '@troupe-os/core/surface';
import { mcp } from '@troupe-os/mcp-servers';
import { sql } from 'drizzle-orm';
import { type House, openHouse } from '../../../core/src/house.ts';
import { localOperator } from '../../../core/src/http/authenticate.ts';
import { openApp } from '../../../core/src/http/open-app.ts';
import { listen } from '../../../core/src/http/server.ts';
import { readSettings } from '../../../core/src/settings.ts';
import { serveHttps, testAuthority } from '../../../core/src/testing/https.ts';
import { type Browser, createBrowser } from '../../../mcp-servers/src/testing/browser.ts';
import { type Flow, startFlow } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { startRoundRobin } from '../../../mcp-servers/src/testing/round-robin.ts';
import type { Person } from '../../../mcp-servers/src/testing/sign-in.ts';
import installation from '../../../troupe.config.ts';
import type { Home } from '../../bench/places.ts';

export interface Member extends Person {
  readonly personId: string;
  /** The secret of a session of theirs. */
  readonly session: string;
}

export interface World {
  readonly origin: string;
  readonly house: House;
  /** A flow with a browser and a PKCE verifier of its own. */
  flow(): { flow: Flow; browser: Browser };
  member(role: 'viewer' | 'editor' | 'admin'): Promise<Member>;
  /** Calls an action as the operator of the machine. */
  ask(action: string, input?: object): Promise<Record<string, unknown>>;
  /** Makes all that was issued so many seconds older. */
  age(seconds: number): Promise<void>;
  /** Answers `https://client.example:port/path`; what the handler writes is the document. */
  document(path: string, answer: (url: string, response: ServerResponse, request: IncomingMessage) => void): string;
  close(): Promise<void>;
}

const PASSWORD = 'a night on the pier';

export async function openWorld({ folder, databaseUrl }: Home): Promise<World> {
  const root = dirname(dirname(dirname(import.meta.dirname)));
  const env = {
    TROUPE_HOME: folder,
    LOG_LEVEL: 'silent',
    TROUPE_CALL_LIMITS: 'off',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const front = await startRoundRobin();
  const settings = { ...readSettings(env, root), publicUrl: front.url };
  const house = await openHouse(installation, settings);
  const { kernel, database } = house;
  await kernel.seed({ rehearsal: false });
  const answers = new Map<string, (url: string, response: ServerResponse, request: IncomingMessage) => void>();
  const outside = await serveHttps((request, response) => {
    const url = `https://client.example:${outside.port}${request.url}`;
    const answer = answers.get(request.url ?? '');
    if (answer) answer(url, response, request);
    else response.writeHead(404).end();
  });
  // the names of the test's own documents lead here, and whatever else is asked for as the address it is
  const resolve = async (host: string) => (host.endsWith('.example') ? ['127.0.0.1'] : ['10.0.0.1']);
  const servers = await Promise.all([1, 2].map(() => serve()));
  front.to(servers.map(({ port }) => `http://127.0.0.1:${port}`));

  async function serve() {
    let app: Awaited<ReturnType<typeof openApp>> | undefined;
    const http = await listen((request, e) => app?.fetch(request, e) ?? new Response('starting', { status: 503 }), {
      port: 0,
      host: '127.0.0.1',
    });
    const egress = createEgress({ isLoopbackOpen: true, ca: testAuthority, resolve });
    const surfaces = [mcp({ oauth: { egress } }), ...installation.surfaces.filter(({ name }) => name === 'web')];
    app = await openApp({ surfaces }, house, { settings, localKey: crypto.randomUUID(), port: http.port });
    return http;
  }

  const call = async (action: string, input: object, principal: unknown = localOperator) => {
    const caller = { principal: principal as typeof localOperator, tainted: false };
    const done = await kernel.execute({ action, input, caller, surface: 'test', requestId: crypto.randomUUID() });
    return done.output as Record<string, string>;
  };

  return {
    origin: front.url,
    house,
    flow() {
      const browser = createBrowser(front.url);
      return { browser, flow: startFlow(front.url, browser) };
    },
    async member(role) {
      const email = `${crypto.randomUUID()}@people.test`;
      const { personId = '' } = await call('identity.create-person', { name: 'Somebody', email });
      await call('identity.grant-role', { personId, role });
      const { link } = await call('identity.create-link', { personId });
      const guest = { id: 'guest', kind: 'guest', name: 'Guest', credential: 'none' };
      const { session = '' } = await call('identity.redeem-link', { link }, guest);
      await call(
        'identity.set-password',
        { password: PASSWORD },
        await kernel.authenticate({ type: 'session', secret: session }),
      );
      return { personId, email, password: PASSWORD, session };
    },
    ask: (action, input = {}) => call(action, input),
    async age(seconds) {
      await database.rows(sql`update core.artefacts set expires_at = expires_at - make_interval(secs => ${seconds}),
        consumed_at = consumed_at - make_interval(secs => ${seconds})`);
    },
    document(path, answer) {
      answers.set(path, answer);
      return `https://client.example:${outside.port}${path}`;
    },
    async close() {
      await front.close();
      for (const server of servers) await server.close();
      await outside.close();
      await house.close();
    },
  };
}
