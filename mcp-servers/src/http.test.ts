import { asOwner, notesPlugin, serveTestKernel, startTestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { mcp } from './index.ts';
import { CLIENTS, connect, type ToolResult } from './testing/clients.ts';

const house = await startTestKernel([notesPlugin]);
const one = await serveTestKernel(house, [mcp()]);
const two = await serveTestKernel(house, [mcp()]);

house.as({ id: 'ed', roles: ['editor'] });
house.as({ id: 'ada', roles: ['admin'] });

const ask = (
  path: string,
  init: { token?: string; session?: string; body?: unknown; headers?: Record<string, string>; method?: string } = {},
) =>
  fetch(`${one.url}${path}`, {
    method: init.method ?? 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(init.token ? { authorization: `Bearer ${init.token}` } : {}),
      ...(init.session ? { 'mcp-session-id': init.session } : {}),
      ...init.headers,
    },
    ...(init.method === 'GET' || init.method === 'DELETE'
      ? {}
      : { body: JSON.stringify(init.body ?? { jsonrpc: '2.0', id: 1, method: 'tools/list' }) }),
  });
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

test('without a token every method and address answers 401 and names the scheme', async () => {
  for (const path of ['/mcp', '/mcp/notes', '/mcp/none']) {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const response = await ask(path, { method });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  }
  expect((await ask('/mcp', { token: 'wrong' })).status).toBe(401);
});

test('a plugin that is not installed and one of which the caller sees nothing are both not there', async () => {
  house.as({ id: 'gus', roles: [] });
  const bodies = await Promise.all(
    ['/mcp/none', '/mcp/notes'].map(async (path) => (await ask(path, { token: 'token-of-gus' })).json()),
  );
  expect(bodies).toMatchObject([{ code: 'core.unreachable' }, { code: 'core.unreachable' }]);
});

test('a session of the older era is good in every process, for its owner, until it expires', async () => {
  const begun = await ask('/mcp', { token: 'token-of-ed', body: initialize });
  const session = begun.headers.get('mcp-session-id') ?? '';
  const statusOf = async (server: { url: string }, token: string, id: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'mcp-session-id': id,
      'mcp-protocol-version': '2025-11-25',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const response = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers,
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    await response.text();
    return response.status;
  };
  expect(await statusOf(one, 'token-of-ed', session)).toBe(200);
  expect(await statusOf(two, 'token-of-ed', session)).toBe(200);
  expect(await statusOf(one, 'token-of-ada', session)).toBe(404);
  expect(
    await statusOf(
      one,
      'token-of-ed',
      session.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ),
  ).toBe(404);
  expect(await statusOf(one, 'token-of-ed', session.replace(/^./, 'z'))).toBe(404);
  expect(await statusOf(one, 'token-of-ed', 'garbage')).toBe(404);
  const later = await serveTestKernel(house, [mcp({ clock: () => new Date(Date.now() + 8 * 86_400_000) })]);
  expect(await statusOf(later, 'token-of-ed', session)).toBe(404);
  expect((await ask('/mcp', { token: 'token-of-ed' })).status).toBe(400);
});

test('what is no POST, no JSON, too long or from another site is refused', async () => {
  const token = 'token-of-ed';
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const response = await ask('/mcp', { token, method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  }
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${one.url}/mcp`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    });
  expect((await post('{')).status).toBe(400);
  expect((await post(JSON.stringify('x'.repeat(1_100_000)))).status).toBe(413);
  expect((await post('{}', { origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await post(JSON.stringify(initialize), { 'content-type': 'text/plain' })).status).toBe(415);
  const ownPage = await ask('/mcp', { token, body: initialize, headers: { origin: one.url } });
  expect(ownPage.status).toBe(200);
});

test('a call stands in the trace that its message names, else in that of the request', async () => {
  const traces = ['a', 'b'].map((digit) => digit.repeat(32));
  const [ofMessage = '', ofRequest = ''] = traces.map((trace) => `00-${trace}-00f067aa0ba902b7-01`);
  const client = await connect(CLIENTS[2], `${one.url}/mcp`, 'token-of-ed');
  const both = await client.callTool({
    name: 'notes_add_note',
    arguments: { title: 'traced', again: true },
    _meta: { traceparent: ofMessage },
  });
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'notes_add_note', arguments: { title: 'traced', again: true } },
  };
  const session = (await ask('/mcp', { token: 'token-of-ed', body: initialize })).headers.get('mcp-session-id') ?? '';
  const answer = await ask('/mcp', { token: 'token-of-ed', session, body, headers: { traceparent: ofRequest } });
  const callIds = [(both as ToolResult)._meta?.callId, /"callId":"([^"]+)"/.exec(await answer.text())?.[1]];
  const rows = await asOwner<{ call_id: string; trace_id: string; cause: string }>(
    house.database,
    sql`select call_id, trace_id, cause from core.audit_entries where trace_id in (${traces[0]}, ${traces[1]}) and cause = 'mcp' order by trace_id`,
  );
  expect(rows).toEqual(traces.map((trace, place) => ({ call_id: callIds[place], trace_id: trace, cause: 'mcp' })));
});
