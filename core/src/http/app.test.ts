import { DrizzleQueryError, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { databaseErrors } from '../db/errors.ts';
import { definePlugin } from '../define/plugin.ts';
import { createMetrics } from '../observe/metrics.ts';
import { createSecret } from '../secret.ts';
import { readSettings } from '../settings.ts';
import { startTestKernel, type TestKernel } from '../testing/index.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';
import { type App, createApp } from './app.ts';
import { parseJson } from './read-json.ts';
import { rangeOf } from './stream-object.ts';

const localKey = 'local-key-of-the-test';
let t: TestKernel;
let app: App;
beforeAll(async () => {
  t = await startTestKernel([notesPlugin]);
  app = createApp({
    kernel: t.kernel,
    metrics: createMetrics(),
    localKey,
    hosts: new Set(['house.test']),
    publicUrl: 'http://house.test',
  });
});

const ask = (path: string, init: RequestInit & { token?: string } = {}) =>
  app.fetch(
    new Request(`http://house.test${path}`, {
      ...init,
      headers: {
        ...(init.token === '' ? {} : { authorization: `Bearer ${init.token ?? localKey}` }),
        'content-type': 'application/json',
        ...init.headers,
      },
    }),
  );
const post = (path: string, body: unknown, init: RequestInit & { token?: string } = {}) =>
  ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init });
const key = () => ({ headers: { 'idempotency-key': crypto.randomUUID() } });

test('an action is a POST; the answer is its output, the call id a header', async () => {
  const response = await post('/api/notes/add-note', { title: 'by REST' });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-call-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.json()).toEqual({ noteId: expect.any(String) });
});

test.each<[string, () => Promise<Response> | Response, number, string]>([
  ['no credentials', () => post('/api/notes/add-note', {}, { token: '' }), 401, 'core.unauthenticated'],
  ['no credentials for what does not exist', () => post('/api/notes/nothing', {}, { token: '' }), 401, 'core.unauthenticated'],
  ['wrong credentials', () => post('/api/notes/add-note', {}, { token: 'wrong' }), 401, 'core.bad_credentials'],
  ['wrong credentials where anybody may read', () => ask('/openapi.json', { token: 'wrong' }), 401, 'core.bad_credentials'],
  ['an unknown action', () => post('/api/notes/nothing', {}), 404, 'core.unknown_action'],
  ['JSON that is none', () => post('/api/notes/add-note', '{'), 422, 'core.invalid_json'],
  ['a missing field', () => post('/api/notes/add-note', {}), 422, 'core.invalid_input'],
  ['a body over the limit', () => post('/api/notes/add-note', { title: 'x'.repeat(1_100_000) }), 422, 'core.body_too_large'],
  ['something of consequence without a key', () => post('/api/notes/make-key', {}), 422, 'core.key_needed'],
  ['a dry run of a read', () => post('/api/notes/count-notes?dryRun=true', {}), 422, 'core.not_dry_runnable'],
  ['another address', () => ask('/nowhere'), 404, 'core.unreachable'],
  ['another name of the server', () => app.fetch(new Request('http://evil.test/openapi.json')), 403, 'core.wrong_host'],
  [
    'a cookie from another site',
    () => post('/api/notes/add-note', {}, { token: '', headers: { cookie: 'troupe_session=x', origin: 'http://evil.test' } }),
    403,
    'core.cross_site',
  ],
  [
    'a cookie from nowhere',
    () => post('/api/notes/add-note', {}, { token: '', headers: { cookie: 'troupe_session=x' } }),
    403,
    'core.cross_site',
  ],
  [
    'a cookie that is no session',
    () => post('/api/notes/add-note', {}, { token: '', headers: { cookie: 'troupe_session=x', origin: 'http://house.test' } }),
    401,
    'core.bad_credentials',
  ],
])('%s is refused by its own code', async (_what, send, status, code) => {
  const response = await send();
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    code,
    message: expect.any(String),
    requestId: response.headers.get('x-request-id'),
  });
});

test('a repeated key is answered again and says so', async () => {
  const init = key();
  const first = await post('/api/notes/retitle', { noteId: await added(), title: 'new' }, init);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  const { noteId } = (await (await post('/api/notes/add-note', { title: 'other' })).json()) as { noteId: string };
  expect((await post('/api/notes/retitle', { noteId, title: 'new' }, init)).status).toBe(409);
  const once = key();
  const [one, two] = [
    await post('/api/notes/retitle', { noteId, title: 'x' }, once),
    await post('/api/notes/retitle', { noteId, title: 'x' }, once),
  ];
  expect(two.headers.get('idempotent-replayed')).toBe('true');
  expect(two.headers.get('x-call-id')).toBe(one.headers.get('x-call-id'));
});

const added = async () => ((await (await post('/api/notes/add-note', { title: 'note' })).json()) as { noteId: string }).noteId;

test('a dry run answers what would change', async () => {
  const body = await (await post('/api/notes/add-note?dryRun=true', { title: 'maybe' })).json();
  expect(body).toMatchObject({
    output: { noteId: expect.any(String) },
    changes: [{ table: 'notes.notes', operation: 'insert', after: { title: 'maybe' } }],
  });
});

test('the document and its page show each caller only what they may do', async () => {
  const names = async (token: string) =>
    Object.keys(((await (await ask('/openapi.json', { token })).json()) as { paths: object }).paths);
  expect(await names(localKey)).toContain('/api/notes/add-note');
  expect(await names('')).toEqual([]);
  expect(await (await ask('/reference')).text()).toContain('notes.add-note');
  expect(await (await ask('/reference', { token: '' })).text()).not.toContain('notes.add-note');
});

test('health needs no credentials', async () => {
  for (const path of ['/livez', '/readyz']) expect((await ask(path, { token: '' })).status).toBe(200);
});

describe('the metrics', () => {
  const token = 'token-of-a-scraper';
  const house = (metricsToken?: string, publicUrl = 'http://127.0.0.1:3000') =>
    createApp({
      kernel: t.kernel,
      metrics: createMetrics(),
      localKey,
      hosts: new Set(['house.test', '127.0.0.1']),
      publicUrl,
      trustedProxies: readSettings({ TROUPE_TRUSTED_PROXIES: '127.0.0.1' }, '/nowhere').trustedProxies,
      metricsToken: metricsToken === undefined ? undefined : createSecret(metricsToken),
    });
  const read = async (
    headers: Record<string, string>,
    { from = '127.0.0.1', open = house(token) }: { from?: string | false; open?: App } = {},
  ) => {
    const env = from === false ? {} : { incoming: { socket: { remoteAddress: from } } };
    const response = await open.fetch(
      new Request('http://127.0.0.1/metrics', { headers: { host: '127.0.0.1:3000', ...headers } }),
      env,
    );
    const text = await response.text();
    expect(text.includes('troupe_calls_total')).toBe(response.status === 200);
    return response.status;
  };
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  test('of a house on this very machine are open to it, asked by its own name', async () => {
    expect(await read({})).toBe(200);
    expect(await read({}, { from: '::1', open: house() })).toBe(200);
    expect(await read({ host: 'localhost:3000' }, { from: '::ffff:127.0.0.1' })).toBe(200);
  });

  test('are no address to others, to what a proxy on this machine passes on, and to a page that points its name here', async () => {
    expect(await read({}, { from: '198.51.100.7' })).toBe(404);
    expect(await read({}, { from: false })).toBe(404);
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'x-forwarded-proto'])
      expect(await read({ [name]: '127.0.0.1' }), name).toBe(404);
    expect(await read({ host: 'house.test' })).toBe(404);
    expect(await read({ host: 'evil.test:3000' })).toBe(404);
  });

  test('of a house that is reached from elsewhere are open to the token alone, as a proxy in front comes from this machine too', async () => {
    const open = house(token, 'https://house.test');
    expect(await read({}, { open })).toBe(404);
    expect(await read(bearer(token), { open })).toBe(200);
  });

  test('are open everywhere to the token, and to the local key', async () => {
    for (const from of ['198.51.100.7', '127.0.0.1'])
      for (const one of [token, localKey])
        expect(await read({ ...bearer(one), 'x-forwarded-for': '198.51.100.7' }, { from })).toBe(200);
    for (const wrong of [`${token}x`, 'undefined', '']) expect(await read(bearer(wrong), { from: '198.51.100.7' })).toBe(404);
    expect(await read(bearer('undefined'), { from: '198.51.100.7', open: house() })).toBe(404);
  });

  test('refuse as an address does that is none', async () => {
    const [none, closed] = [await ask('/nowhere', { token: '' }), await ask('/metrics', { token: '' })];
    const body = async (response: Response) => ({ ...((await response.json()) as object), requestId: '' });
    expect(await body(closed)).toEqual(await body(none));
  });
});

describe('under a public https address', () => {
  const secure = () =>
    createApp({ kernel: t.kernel, metrics: createMetrics(), localKey, hosts: undefined, publicUrl: 'https://house.test' });
  const write = (headers: Record<string, string>) =>
    secure().fetch(new Request('http://house.test/api/notes/add-note', { method: 'POST', body: '{}', headers }));
  const code = async (response: Response) => ((await response.json()) as { code: string }).code;
  const origin = 'https://house.test';

  test('a session is in the cookie that is bound to this host, and one of the plain name is nobody', async () => {
    expect(await code(await write({ cookie: '__Host-troupe_session=x', origin }))).toBe('core.bad_credentials');
    expect(await code(await write({ cookie: 'troupe_session=x', origin }))).toBe('core.unauthenticated');
    const both = { cookie: 'troupe_session=tossed; __Host-troupe_session=x', origin };
    expect(await code(await write(both))).toBe('core.bad_credentials');
  });

  test('the same address without https is another site', async () => {
    const cookie = '__Host-troupe_session=x';
    for (const other of ['http://house.test', 'https://evil.test', 'null', 'https://shop.house.test'])
      expect(await code(await write({ cookie, origin: other })), other).toBe('core.cross_site');
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await code(await write({ cookie, 'sec-fetch-site': site })), site).toBe('core.cross_site');
  });

  test('browsers are told to come back over https alone', async () => {
    const { headers } = await secure().fetch(new Request('http://house.test/livez'));
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}$/);
    expect((await ask('/livez')).headers.has('strict-transport-security')).toBe(false);
  });
});

test('the name in the address and the one in the header must both be ours', async () => {
  const rebound = new Request('http://house.test/openapi.json', { headers: { host: 'evil.test' } });
  expect(await (await app.fetch(rebound)).json()).toMatchObject({ code: 'core.wrong_host' });
});

test('JSON that is nested deeper than anybody means is refused, and what looks so inside a text is not', async () => {
  for (const deep of ['['.repeat(500_000), `{"title":${'['.repeat(101)}${']'.repeat(101)}}`, '{"a":'.repeat(100_000)])
    expect(await (await post('/api/notes/add-note', deep)).json()).toMatchObject({ code: 'core.invalid_json' });
  const text = JSON.stringify({ title: `"[{\\"${'['.repeat(150)}` });
  expect(JSON.stringify(parseJson(text))).toBe(text);
});

test('bytes are taken only after the gate of the action that they are for', async () => {
  const refused = await ask('/api/notes/add-note/files?name=a.txt', { method: 'POST', body: 'bytes', token: '' });
  expect(refused.status).toBe(401);
  const taken = await ask('/api/notes/add-note/files?name=a.txt', { method: 'POST', body: 'bytes' });
  expect(taken.status).toBe(201);
  expect(await taken.json()).toEqual({ file: expect.stringMatching(/^upload:[0-9a-f-]{36}$/) });
});

test('a name that every object has is no field of an address', async () => {
  const noteId = await added();
  for (const name of ['constructor', '__proto__', 'toString']) {
    const response = await ask(`/api/notes/${noteId}?${name}=1`);
    expect(await response.json()).toMatchObject({ code: 'core.invalid_input' });
  }
});

test('ranges of bytes are those of RFC 9110', () => {
  expect(rangeOf('bytes=0-3', 10)).toEqual({ start: 0, end: 3 });
  expect(rangeOf('bytes=5-', 10)).toEqual({ start: 5, end: 9 });
  expect(rangeOf('bytes=-4', 10)).toEqual({ start: 6, end: 9 });
  expect(rangeOf('bytes=5-99', 10)).toEqual({ start: 5, end: 9 });
  expect(rangeOf('bytes=10-', 10)).toBe('unsatisfiable');
  expect(rangeOf('bytes=0-1,4-5', 10)).toBeUndefined();
  expect(rangeOf(undefined, 10)).toBeUndefined();
});

test('a browser whose session has ended gets the page without it; after a form, the page that signs in', async () => {
  const headers = { cookie: 'troupe_session=ended', accept: 'text/html', origin: 'http://house.test' };
  const page = await ask('/nowhere?a=b', { token: '', headers });
  expect(page.status).toBe(303);
  expect(page.headers.get('location')).toBe('/nowhere?a=b');
  expect(page.headers.getSetCookie()[0]).toMatch(/^troupe_session=; Path=\/; Max-Age=0/);
  const form = await ask('/nowhere', { method: 'POST', token: '', headers });
  expect(form.headers.get('location')).toBe('/sign-in');
});

test('while nobody can be looked up, as the database is away, callers are told to try again', async () => {
  const away = () => Promise.reject(new DrizzleQueryError('select 1', [], databaseErrors.unreachable()));
  const directory = { authenticate: away, grantsOf: away, isRevoked: away, hasBrand: away };
  const about = { id: 'people', version: '0.0.0', from: import.meta.url, permissions: {}, tables: {}, actions: [] };
  const { kernel } = await startTestKernel([definePlugin({ ...about, directory })], { directory: 'plugins', workers: false });
  const lost = createApp({ kernel, metrics: createMetrics(), localKey, hosts: undefined, publicUrl: 'http://house.test' });
  const headers = { authorization: 'Bearer trp_something' };
  const response = await lost.fetch(new Request('http://house.test/openapi.json', { headers }));
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 'database.unreachable' });
});

test('behind a trusted proxy a call is recorded with the address of its visitor', async () => {
  const trustedProxies = readSettings({ TROUPE_TRUSTED_PROXIES: '10.0.0.0/8' }, '/nowhere').trustedProxies;
  const proxied = createApp({
    kernel: t.kernel,
    metrics: createMetrics(),
    localKey,
    hosts: undefined,
    publicUrl: 'http://house.test',
    trustedProxies,
  });
  const recorded = async (remoteAddress: string) => {
    const request = new Request('http://house.test/api/notes/add-note', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${localKey}`,
        'content-type': 'application/json',
        'x-forwarded-for': '1.1.1.1, 203.0.113.5',
      },
      body: JSON.stringify({ title: 'through a proxy' }),
    });
    const response = await proxied.fetch(request, { incoming: { socket: { remoteAddress } } });
    const callId = response.headers.get('x-call-id');
    const [row] = await t.database.rows<{ address: string }>(
      sql`select address from core.audit_entries where call_id = ${callId} and outcome = 'succeeded'`,
    );
    return row?.address;
  };
  expect(await recorded('10.0.0.1')).toBe('203.0.113.5');
  expect(await recorded('198.51.100.1')).toBe('198.51.100.1');
});
