// What a browser is told by every address, and what no page of another site can have it do here: over a public https address, behind a proxy.
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';
import { pageForms, pageLoads } from './pages.ts';
import { repository } from './servers.ts';

const SLOW = { timeout: 240_000 };
const PUBLIC = 'https://troupe.test';

let house: FurnishedHouse;
let server: TestServer;
let session: string;
// the first to start them builds the pages
beforeAll(async () => {
  house = await startFurnishedHouse();
  server = await serveTestKernel(house, installation.surfaces, { publicUrl: PUBLIC, env: { TROUPE_CALL_LIMITS: 'off' } });
  const { link = '' } = await house.ask('identity.create-link', {}, house.operator);
  session = (await house.ask('identity.redeem-link', { link }, house.guest)).session ?? '';
}, 300_000);

const cookie = () => `__Host-troupe_session=${session}`;
const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, { redirect: 'manual', ...init });
/** Whatever braces stand for; what this house has not got looks like an id. */
const fill = (route: string) => route.replaceAll(/\{(\w+)\}/g, (_, name: string) => house.things[name] ?? crypto.randomUUID());

/** Files that make routes of pages, and routes as SvelteKit writes them. */
const routes = readdirSync(join(repository, 'web/src/routes'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('+page.svelte'))
  .map((path) => `/${path.replace(/\/?\+page\.svelte$/, '').replaceAll(/\([^)]*\)\/?/g, '')}`.replace(/(.)\/$/, '$1'));
const pages = () => [
  ...new Set([
    ...pageLoads.map(({ route }) => fill(route)),
    ...routes.map((route) => route.replaceAll(/\[\w+\]/g, () => crypto.randomUUID())),
  ]),
];
const others = [
  '/reference',
  '/openapi.json',
  '/livez',
  '/readyz',
  '/metrics',
  '/theme.js',
  '/nowhere',
  '/api/nowhere',
  '/chat/state',
  '/mcp',
  '/mcp/ledger',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource/mcp',
  '/oauth/jwks',
  '/oauth/authorize?client_id=nobody&response_type=code',
  '/oauth/authorize/nothing',
  '/oauth/interactions/nothing',
];

describe('every address', SLOW, () => {
  test.each(['a stranger', 'the owner'])('tells the browser of %s what it may not do', async (who) => {
    const faults: string[] = [];
    let seen = 0;
    for (const path of [...pages(), ...others]) {
      const headers = { accept: 'text/html', ...(who === 'the owner' && { cookie: cookie() }) };
      const response = await ask(path, { headers });
      const text = await response.text();
      const isPage = response.headers.get('content-type')?.includes('text/html') && text !== '';
      if (isPage) seen++;
      const found = [...headerFaults(response.headers), ...(isPage ? pageFaults(text, response.headers) : [])];
      faults.push(...found.map((fault) => `${path}: ${fault}`));
      expect(response.status, path).toBeLessThan(500);
    }
    expect(faults).toEqual([]);
    expect(seen).toBeGreaterThan(15);
  });

  test('answers under its own names alone', async () => {
    for (const path of [
      '/',
      '/console',
      '/theme.js',
      '/openapi.json',
      '/reference',
      '/chat/state',
      '/mcp',
      '/oauth/jwks',
      '/nowhere',
    ])
      for (const host of ['evil.test', '127.0.0.1.evil.test', 'localhost.', '169.254.169.254'])
        expect(await rawGet(path, { host }), `${host}${path}`).toMatchObject({
          status: 403,
          text: expect.stringContaining('core.wrong_host'),
        });
    expect(await rawGet('/', { host: 'troupe.test' })).toMatchObject({ status: 200 });
  });

  test('leads to no file that is none of the build', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/_app/../../../package.json',
      '/_app/immutable/..%2f..%2f..%2f..%2fserver%2findex.js',
      '/..\\..\\package.json',
      '/%5c..%5c..%5cpackage.json',
      '//etc/passwd',
      '/theme.js%00.html',
      '/%c0%ae%c0%ae/package.json',
      '/.env',
      '/.git/config',
    ]) {
      const { status, text } = await rawGet(path);
      expect([301, 303, 308, 400, 404], path).toContain(status);
      expect(text, path).not.toMatch(/"(workspaces|dependencies)"|root:|\[core\]/);
    }
  });
});

/** What another site has a browser send along with the session. */
const HOSTILE: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
  { origin: 'https://shop.troupe.test', 'sec-fetch-site': 'same-site' },
  { origin: 'http://troupe.test' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  {},
];

describe('no other site writes with the session of somebody', SLOW, () => {
  test('by any address that takes a write', async () => {
    const actions = installation.plugins.flatMap(({ actions }) => actions.map(({ name }) => `/api/${name.replace('.', '/')}`));
    const paths = [
      ...actions,
      ...actions.map((path) => `${path}/files?name=a.txt`),
      '/chat/conversations',
      '/chat/files?name=a.txt',
      '/chat/conversations/{ownConversationId}/title',
      '/chat/conversations/{ownConversationId}/stop',
      '/chat/conversations/{ownConversationId}/messages',
      '/oauth/interactions/something',
      '/oauth/register',
      '/oauth/token',
      '/oauth/revoke',
      '/oauth/authorize',
      '/mcp',
      ...pageForms.map(({ route }) => route),
    ].map(fill);
    const before = await rowsOfRecord();
    const taken: string[] = [];
    for (const path of new Set(paths))
      for (const hostile of HOSTILE) {
        const response = await write(path, hostile);
        const { code } = (await response.json().catch(() => ({}))) as { code?: string };
        if (response.status !== 403 || code !== 'core.cross_site')
          taken.push(`${path} ${JSON.stringify(hostile)} ${response.status}`);
      }
    expect(taken).toEqual([]);
    expect(await rowsOfRecord()).toBe(before);
    expect((await write('/api/identity/get-me', { origin: PUBLIC })).status).toBe(200);
  });

  test('nor signs in a browser that has none, by a form', async () => {
    for (const { route, shownTo } of pageForms)
      if (shownTo === 'strangers')
        for (const hostile of HOSTILE) {
          const response = await ask(fill(route), {
            method: 'POST',
            body: new URLSearchParams({ token: 'x' }),
            headers: { ...hostile },
          });
          expect(response.status, `${route} ${JSON.stringify(hostile)}`).toBe(403);
          expect(response.headers.getSetCookie()).toEqual([]);
        }
  });

  test('and every address that takes a write in the sources stands in that list', () => {
    const sources = [
      'bots/src/routes.ts',
      'mcp-servers/src/oauth/routes.ts',
      'mcp-servers/src/http.ts',
      'core/src/http/rest.ts',
      'core/src/http/app.ts',
    ];
    const found = sources.flatMap((path) =>
      [...readFileSync(join(repository, path), 'utf8').matchAll(/app\.(?:post|put|patch|delete)\(['`]([^'`]+)/g)].map(
        ([, route]) => route,
      ),
    );
    expect(found.sort()).toEqual([
      '/api/:plugin/:verb',
      '/api/:plugin/:verb/files',
      '/chat/conversations',
      '/chat/conversations/:id/messages',
      '/chat/conversations/:id/stop',
      '/chat/conversations/:id/title',
      '/chat/files',
      '/oauth/interactions/:uid',
      '/oauth/register',
    ]);
  });
});

describe('the cookies of signing in', SLOW, () => {
  test('are bound to this very host: Secure, HttpOnly, Lax, of the whole site and of no domain', async () => {
    const { link: token = '' } = await house.ask('identity.create-link', {}, house.operator);
    const signedIn = await ask('/sign-in/link', {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: { origin: PUBLIC },
    });
    const [made = ''] = signedIn.headers.getSetCookie().filter((one) => one.includes('troupe_session='));
    expect(made).toMatch(/^__Host-troupe_session=trs_|^__Host-troupe_session=\w/);
    for (const trait of [/; Path=\/(;|$)/, /; HttpOnly/, /; Secure/, /; SameSite=Lax/i]) expect(made).toMatch(trait);
    expect(made).not.toMatch(/domain/i);

    const away = await ask('/sign-in/with/github');
    const [binding = ''] = away.headers.getSetCookie();
    expect(binding).toMatch(/^__Host-troupe_binding=/);
    expect(binding).not.toMatch(/domain/i);
  });

  test('of the plain name, which a sibling of this site could have put there, sign in nobody', async () => {
    const me = async (header: string) =>
      (await (await write('/api/identity/get-me', { origin: PUBLIC, cookie: header })).json()) as { kind?: string };
    expect((await me(`troupe_session=${session}`)).kind).toBe('guest');
    expect((await me(`troupe_session=tossed; ${cookie()}`)).kind).toBe('user');
    const console = (header: string) => ask('/console', { headers: { accept: 'text/html', cookie: header } });
    expect([(await console(`troupe_session=${session}`)).status, (await console(cookie())).status]).toEqual([404, 200]);
  });
});

function write(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const isForm = pageForms.some(({ route }) => fill(route).split('?')[0] === path.split('?')[0]);
  const body = isForm ? new URLSearchParams({ said: 'nothing' }) : '{}';
  const type: Record<string, string> = isForm ? {} : { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', body, headers: { cookie: cookie(), ...type, ...headers } });
}

async function rowsOfRecord(): Promise<number> {
  const [row] = await house.database.rows<{ count: number }>(
    sql`select count(*)::integer as count from core.audit_entries where outcome = 'succeeded' and kind = 'action'`,
  );
  return row?.count ?? 0;
}

function headerFaults(headers: Headers): string[] {
  const policy = headers.get('content-security-policy') ?? '';
  const expected: readonly [name: string, right: boolean][] = [
    ['content-security-policy', policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'")],
    ['content-security-policy, inline', !/unsafe-(inline|eval)|https?:|\*/.test(policy)],
    ['x-content-type-options', headers.get('x-content-type-options') === 'nosniff'],
    ['referrer-policy', ['same-origin', 'no-referrer'].includes(headers.get('referrer-policy') ?? '')],
    ['cross-origin-opener-policy', headers.get('cross-origin-opener-policy') === 'same-origin'],
    ['permissions-policy', headers.has('permissions-policy')],
    ['strict-transport-security', /^max-age=\d{8}$/.test(headers.get('strict-transport-security') ?? '')],
    ['server', !headers.has('server') && !headers.has('x-powered-by')],
  ];
  return expected.filter(([, right]) => !right).map(([name]) => name);
}

/** SvelteKit's own: hidden, and told by its hash in the policy. */
const ANNOUNCER = /<div id="svelte-announcer"[^>]*>/g;

function pageFaults(html: string, headers: Headers): string[] {
  const policy = headers.get('content-security-policy') ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  const known = (tag: string) => (nonce !== undefined && tag.includes(`nonce="${nonce}"`)) || /style-src 'sha256-/.test(policy);
  const tags = [...html.replaceAll(ANNOUNCER, '').matchAll(/<(\w+)\b[^>]*>/g)].map(([tag]) => tag);
  return [
    ...tags.filter((tag) => /^<script/.test(tag) && !/\bsrc="\//.test(tag) && !known(tag)),
    ...tags.filter((tag) => /^<style/.test(tag) && !known(tag)),
    ...tags.filter((tag) => /\s(style|on[a-z]+)=/i.test(tag)),
    ...tags.filter(
      (tag) =>
        /^<(script|link|img|iframe|audio|video|source|embed|object|form)/.test(tag) &&
        /\b(src|href|action|data)="(https?:)?\/\//.test(tag),
    ),
    ...tags.filter((tag) => /\b(href|src|action)="\s*javascript:/i.test(tag)),
  ];
}

/** A path as it stands, which `fetch` would tidy up. */
function rawGet(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers: { connection: 'close', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.once('error', reject).end();
  });
}
