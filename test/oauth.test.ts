// An MCP client that is given nothing but the address, and a person in a browser without scripts: over real HTTP, with both SDKs.
import { createEgress, toolName } from '@troupe-os/core/surface';
import { serveHttps, serveTestKernel, type TestServer, testAuthority } from '@troupe-os/core/testing';
import { mcp } from '@troupe-os/mcp-servers';
import { web } from '@troupe-os/web';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBrowser, type Page } from '../mcp-servers/src/testing/browser.ts';
import type { ToolResult } from '../mcp-servers/src/testing/clients.ts';
import { CONNECTORS, REDIRECT, type Store } from '../mcp-servers/src/testing/oauth-clients.ts';
import { startFlow } from '../mcp-servers/src/testing/oauth-flow.ts';
import { startRoundRobin } from '../mcp-servers/src/testing/round-robin.ts';
import { answerApp, isPage, offeredIn, type Person } from '../mcp-servers/src/testing/sign-in.ts';
import { type House, startHouse } from '../plugins/identity/testing/house.ts';
import installation from '../troupe.config.ts';

type Role = 'owner' | 'admin' | 'editor' | 'viewer';

const PASSWORD = 'a night on the pier';
const KNOWN = { clientId: 'house-assistant', name: 'House assistant', redirectUris: [REDIRECT] };

let house: House;
let server: TestServer;
let documents: { port: number };

beforeAll(async () => {
  house = await startHouse(installation.plugins.filter(({ id }) => id !== 'identity'));
  documents = await serveHttps((request, response) => {
    const client_id = `https://client.example:${documents.port}${request.url}`;
    response.end(
      JSON.stringify({ client_id, client_name: 'Documented assistant', redirect_uris: [REDIRECT.replace(':33418', '')] }),
    );
  });
  const egress = createEgress({ isLoopbackOpen: true, ca: testAuthority, resolve: async () => ['127.0.0.1'] });
  server = await serveTestKernel(house, [mcp({ oauth: { clients: [KNOWN], egress } }), web()]);
}, 300_000);

async function person(...roles: Role[]): Promise<Person & { personId: string; caller: House['guest'] }> {
  const { personId, email, caller } = await house.person(roles);
  await house.call(caller, 'identity.set-password', { password: PASSWORD });
  return { personId, email, password: PASSWORD, caller };
}

describe.each(CONNECTORS)('$name', ({ connect, stepsUp }) => {
  const connectAs = async (who: Person, path = '/mcp', more: Parameters<typeof connect>[2] = {}) =>
    connect(`${server.url}${path}`, (url) => answerApp(createBrowser(server.url), url, who), more);

  test('signs in with nothing but the address, and gets exactly the tools of its person there', async () => {
    const viewer = await person('viewer');
    const own = await house.kernel.actionsFor(viewer.caller);
    for (const plugin of ['ledger', 'marketplace', 'assets']) {
      const client = await connectAs(viewer, `/mcp/${plugin}`);
      const tools = own.filter((one) => one.plugin.id === plugin).map(({ action }) => toolName(action.name));
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(tools);
      await client.close();
    }
    const whole = await connectAs(viewer);
    expect((await whole.listTools()).tools.map(({ name }) => name)).toContain('assets_search');
    const { structuredContent } = (await whole.callTool({ name: 'identity_get_me' })) as ToolResult;
    expect(structuredContent).toMatchObject({ id: viewer.personId });
    await whole.close();
  });

  test('renews its token by itself, in the same session, and is out when its person ends its access', async () => {
    const admin = await person('admin');
    const client = await connectAs(admin, '/mcp/ledger');
    const first = client.store.tokens?.access_token;
    await house.database.rows(sql`update core.artefacts set expires_at = now() where kind = 'AccessToken'`);
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    expect(client.store.tokens?.access_token).not.toBe(first);
    const { items } = (await house.call(admin.caller, 'identity.list-apps', {})).output as { items: { appId: string }[] };
    await house.call(admin.caller, 'identity.revoke-app', { appId: items[0]?.appId });
    await expect(client.listTools()).rejects.toThrow();
    await client.close();
  });

  test('asks for more where its token does not cover what its person may do', async () => {
    const editor = await person('editor');
    const store: Store = { opened: [] };
    const looks = (scopes: readonly string[]) => scopes.filter((scope) => scope.endsWith('.read'));
    const browser = createBrowser(server.url);
    const visit = (url: URL) => answerApp(browser, url, editor, { keep: looks });
    const client = await connect(`${server.url}/mcp/assets`, visit, { store });
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('assets_create_collection');
    const call = { name: 'assets_create_collection', arguments: { brandId: 'gallery', title: 'x', dryRun: true } };
    await expect(client.callTool(call)).rejects.toThrow();
    const asked = store.opened.at(1)?.searchParams.get('scope')?.split(' ');
    expect(asked).toEqual(stepsUp ? ['assets.catalogue.read', 'assets.asset.read', 'assets.asset.write'] : undefined);
    await client.close();
  });

  test('may be known beforehand, or by a document at an address of its own', async () => {
    const viewer = await person('viewer');
    const known = await connectAs(viewer, '/mcp', { store: { opened: [], client: { client_id: KNOWN.clientId } } });
    expect((await known.listTools()).tools.length).toBeGreaterThan(2);
    const documented = await connectAs(viewer, '/mcp', {
      clientMetadataUrl: `https://client.example:${documents.port}/app.json`,
    });
    expect(documented.store.client?.client_id).toBe(`https://client.example:${documents.port}/app.json`);
    expect((await documented.listTools()).tools.length).toBeGreaterThan(2);
    const { items } = (await house.call(viewer.caller, 'identity.list-apps', {})).output as { items: object[] };
    expect(items).toMatchObject([
      { name: 'Documented assistant', host: `client.example:${documents.port}` },
      { name: 'House assistant' },
    ]);
    for (const client of [known, documented]) await client.close();
  });
});

describe('the page that asks', () => {
  test('names the client, its host, what it may do in words, and how long; without a script', async () => {
    const editor = await person('editor');
    const [browser, flow] = flowOf();
    const clientId = await flow.register({ client_name: 'Cunning <b>helper</b>\u202e' });
    const signIn = (await browser.open(flow.authorizeUrl(clientId, { scope: 'assets.* ledger.unit.read' }))) as Page;
    expect(signIn.url.pathname).toBe('/sign-in');
    const page = (await browser.submit(signIn, `/sign-in${signIn.url.search}`, {
      email: editor.email,
      password: PASSWORD,
    })) as Page;
    expect(page.html).toContain('Cunning &lt;b>helper&lt;/b>');
    for (const words of ['nobody has checked this name', '127.0.0.1:33418', `${server.url}/mcp`, 'For how long', '30 days'])
      expect(page.html).toContain(words);
    for (const { permissions } of installation.plugins.filter(({ id }) => id === 'assets'))
      expect(page.html).toContain(Object.values(permissions).find(({ roles }) => roles.some((role) => role === 'editor'))?.title);
    expect(offeredIn(page).every((scope) => scope.startsWith('assets.') || scope === 'ledger.unit.read')).toBe(true);
  });

  test('lets its person give less, and for a shorter time', async () => {
    const admin = await person('admin');
    const [, flow] = flowOf();
    const { scope } = await flow.tokens(admin, { scope: 'ledger.*' }, { keep: () => ['ledger.unit.read'], days: 1 });
    expect(scope).toBe('ledger.unit.read');
    const { items } = (await house.call(admin.caller, 'identity.list-apps', {})).output as {
      items: { expiresAt: string; createdAt: string }[];
    };
    expect(Date.parse(items[0]?.expiresAt ?? '') - Date.parse(items[0]?.createdAt ?? '')).toBe(86_400_000);
  });

  test('offers nothing that its person lacks, and nothing that decides who may act', async () => {
    const admin = await person('admin');
    const [browser, flow] = flowOf();
    const open = (await browser.open(flow.authorizeUrl(await flow.register()))) as Page;
    const page = (await browser.submit(open, `/sign-in${open.url.search}`, { email: admin.email, password: PASSWORD })) as Page;
    const offered = offeredIn(page);
    expect(offered).toContain('ledger.entry.post');
    expect(offered.filter((scope) => scope.startsWith('identity.')).sort()).toEqual([
      'identity.brand.read',
      'identity.department.read',
      'identity.me.read',
      'identity.person.read',
      'identity.role.read',
    ]);
    expect(offered).not.toContain('governance.approval.decide');
    expect(offered).not.toContain('governance.switch.set');
    // what it offers, the action takes
    const yes = { clientId: 'x', clientName: 'x', clientHost: 'x', resource: `${server.url}/mcp`, scopes: offered, days: 1 };
    await house.call(admin.caller, 'identity.allow-app', yes);
  });

  test('tells the client that its person said no', async () => {
    const [, flow] = flowOf();
    const back = await flow.authorize(await flow.register(), await person('viewer'), {}, { refuse: true });
    expect(Object.fromEntries(back)).toMatchObject({ error: 'access_denied', state: 'the-state', iss: server.url });
  });

  test('shows afterwards who has access, and ends it', async () => {
    const viewer = await person('viewer');
    const [browser, flow] = flowOf();
    const { access } = await flow.tokens(viewer);
    expect((await flow.mcp('/mcp', access)).status).toBe(200);
    const apps = (await browser.open('/apps')) as Page;
    expect(apps.html).toContain('Test assistant');
    const after = await browser.submit(apps, '?/end');
    expect(isPage(after) && after.html).not.toContain('Test assistant');
    expect((await flow.mcp('/mcp', access)).status).toBe(401);
  });
});

describe('the authorization server', () => {
  test('serves one flow from two processes, whichever of them is asked', async () => {
    const front = await startRoundRobin();
    const behind = [1, 2].map(() => serveTestKernel(house, [mcp(), web()], { publicUrl: front.url }));
    front.to((await Promise.all(behind)).map(({ url }) => url));
    const [, flow] = flowOf(front.url);
    const { clientId, access, refresh } = await flow.tokens(await person('viewer'));
    expect((await flow.mcp('/mcp', access)).status).toBe(200);
    const renewed = await flow.refresh(clientId, refresh);
    expect((await flow.mcp('/mcp', String(renewed.body.access_token))).status).toBe(200);
    expect(front.had.every((count) => count > 5)).toBe(true);
    const keys = [1, 2].map(async () => (await fetch(`${front.url}/oauth/jwks`)).text());
    expect(new Set(await Promise.all(keys)).size).toBe(1);
    await front.close();
  });

  test('takes a refresh token once more within a minute, and then ends all that came of it', async () => {
    const viewer = await person('viewer');
    const [, flow] = flowOf();
    const { clientId, refresh } = await flow.tokens(viewer);
    const first = await flow.refresh(clientId, refresh);
    house.advance(55_000);
    const again = await flow.refresh(clientId, refresh);
    expect([first.status, again.status]).toEqual([200, 200]);
    house.advance(10_000);
    expect((await flow.refresh(clientId, refresh)).body).toMatchObject({ error: 'invalid_grant' });
    for (const { body } of [first, again]) {
      expect((await flow.mcp('/mcp', String(body.access_token))).status).toBe(401);
      expect((await flow.refresh(clientId, String(body.refresh_token))).body).toMatchObject({ error: 'invalid_grant' });
    }
    expect((await house.call(viewer.caller, 'identity.list-apps', {})).output).toMatchObject({ items: [] });
    const rows = await house.database.rows(
      sql`select 1 from core.audit_entries where actor = ${viewer.personId} and action = 'identity.revoke-app' and cause = 'oauth' and outcome = 'succeeded'`,
    );
    expect(rows).toHaveLength(1);
    house.advance(-65_000);
  });

  test('ends with its person, and its tokens are good nowhere else', async () => {
    const viewer = await person('viewer');
    const [, flow] = flowOf();
    const { clientId, access, refresh } = await flow.tokens(viewer, { resource: `${server.url}/mcp/assets` });
    const statuses = ['/mcp/assets', '/mcp', '/mcp/ledger'].map(async (path) => (await flow.mcp(path, access)).status);
    expect(await Promise.all(statuses)).toEqual([200, 401, 401]);
    const rest = await flow.post('/api/identity/get-me', {}, { authorization: `Bearer ${access}` });
    expect([rest.status, rest.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    await house.call(house.operator, 'identity.deactivate-person', { personId: viewer.personId });
    expect((await flow.mcp('/mcp/assets', access)).status).toBe(401);
    expect((await flow.refresh(clientId, refresh)).body).toMatchObject({ error: 'invalid_grant' });
  });

  test('stores no code, no token and no interaction as it is', async () => {
    const [browser, flow] = flowOf();
    const clientId = await flow.register();
    const url = flow.authorizeUrl(clientId);
    const open = (await browser.open(url)) as Page;
    const uid = open.url.searchParams.get('next')?.split('/').at(-1) ?? '';
    const back = await flow.authorize(clientId, await person('viewer'));
    const { body } = await flow.exchange(clientId, back.get('code') ?? '');
    const secrets = [uid, back.get('code'), body.access_token, body.refresh_token].map(String);
    expect(secrets.map((secret) => secret.length > 20)).toEqual([true, true, true, true]);
    const stored = JSON.stringify(await house.database.rows(sql`select * from core.artefacts`));
    expect(stored).toContain(clientId);
    expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  });

  test('is told of a token by what a stranger is asked for, and says what it does', async () => {
    const [, flow] = flowOf();
    for (const [token, error] of [
      [undefined, ''],
      ['wrong', 'error="invalid_token", '],
    ] as const) {
      const { status, headers } = await flow.mcp('/mcp/ledger', token);
      const metadata = `resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp/ledger"`;
      expect([status, headers.get('www-authenticate')]).toEqual([401, `Bearer ${error}${metadata}`]);
    }
    const json = async (path: string) => (await fetch(server.url + path)).json();
    expect(await json('/.well-known/oauth-protected-resource/mcp/ledger')).toMatchObject({
      resource: `${server.url}/mcp/ledger`,
      authorization_servers: [server.url],
      scopes_supported: ['ledger.*'],
    });
    expect(await json('/.well-known/oauth-authorization-server')).toMatchObject({
      issuer: server.url,
      authorization_endpoint: `${server.url}/oauth/authorize`,
      token_endpoint: `${server.url}/oauth/token`,
      registration_endpoint: `${server.url}/oauth/register`,
      revocation_endpoint: `${server.url}/oauth/revoke`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
  });

  test('is not there where the owner has switched it off', async () => {
    const off = await serveTestKernel(house, [mcp()], { env: { TROUPE_OAUTH: 'off' } });
    expect((await fetch(`${off.url}/.well-known/oauth-authorization-server`)).status).toBe(404);
    expect((await fetch(`${off.url}/mcp`)).headers.get('www-authenticate')).toBe('Bearer');
    const closed = await serveTestKernel(house, [mcp()], { env: { TROUPE_OAUTH_REGISTRATION: 'off' } });
    await expect(startFlow(closed.url, createBrowser(closed.url)).register()).rejects.toMatchObject({ status: 404 });
  });

  test('lets one address leave so many registrations and questions, and others go on', async () => {
    const open = await serveTestKernel(house, [mcp(), web()], { env: { TROUPE_TRUSTED_PROXIES: '127.0.0.1' } });
    const flow = startFlow(open.url, createBrowser(open.url));
    const about = { client_name: 'Flood', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' };
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const register = async (address: string) => flow.post('/oauth/register', about, from(address));
    for (let n = 0; n < 50; n++) expect((await register('203.0.113.9')).status).toBe(201);
    expect(await register('203.0.113.9')).toMatchObject({ status: 400, body: { error: 'temporarily_unavailable' } });
    const { body } = await register('203.0.113.10');

    const url = flow.authorizeUrl(String(body.client_id));
    const begin = async (address: string) => {
      const { headers } = await fetch(url, { redirect: 'manual', headers: from(address) });
      return headers.get('location') ?? '';
    };
    for (let n = 0; n < 100; n++) expect(await begin('203.0.113.11')).toContain('/apps/allow/');
    expect(await begin('203.0.113.11')).toContain('error=temporarily_unavailable');
    expect(await begin('203.0.113.12')).toContain('/apps/allow/');
  });

  test('takes no registration beyond 8 KiB', async () => {
    const [, flow] = flowOf();
    const large = { client_name: 'x'.repeat(9_000), redirect_uris: [REDIRECT] };
    expect(await flow.post('/oauth/register', large)).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  });
});

function flowOf(origin = server.url) {
  const browser = createBrowser(origin);
  return [browser, startFlow(origin, browser)] as const;
}
