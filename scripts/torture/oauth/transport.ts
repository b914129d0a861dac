// What is shown to an MCP address instead of its token, and where else its token is shown.
import { request } from 'node:http';
import { type Attack, must, refused } from './attack.ts';
import type { World } from './world.ts';

async function tokened(
  world: World,
  role: 'viewer' | 'editor' | 'admin' = 'viewer',
  more: Record<string, string> = {},
  keep?: (scopes: readonly string[]) => readonly string[],
) {
  const { flow } = world.flow();
  const member = await world.member(role);
  return { flow, member, ...(await flow.tokens(member, more, keep ? { keep } : {})) };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const accept = { accept: 'application/json, text/event-stream' };

const notTheToken: readonly (readonly [name: string, change: (token: string) => string])[] = [
  ['cut short', (token) => token.slice(0, -1)],
  ['made longer', (token) => `${token}x`],
  ['with a letter changed', (token) => token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
  ['in capitals', (token) => token.toUpperCase()],
  ['that is empty', () => ' '],
  ['that is a pattern', () => '%'],
  ['that is SQL', () => "'or'1'='1"],
];

export const transportAttacks: readonly Attack[] = [
  {
    name: 'no token at all, by every method and at every address',
    async run({ origin }) {
      for (const path of ['/mcp', '/mcp/ledger', '/mcp/nothing'])
        for (const method of ['POST', 'GET', 'DELETE']) {
          const response = await fetch(origin + path, { method });
          const told = response.headers.get('www-authenticate') ?? '';
          must(
            response.status === 401 && told.includes(`resource_metadata="${origin}/.well-known/oauth-protected-resource${path}"`),
            `${method} ${path}: ${response.status} ${told}`,
          );
        }
    },
  },
  ...notTheToken.map(
    ([name, change]): Attack => ({
      name: `a token ${name}`,
      async run(world) {
        const { flow, access } = await tokened(world);
        const answer = await flow.mcp('/mcp', change(access));
        refused(answer, [401]);
        must((answer.headers.get('www-authenticate') ?? '').includes('resource_metadata='), 'not told where to sign in');
      },
    }),
  ),
  {
    name: 'a token for one address at another',
    async run(world) {
      const { flow, access } = await tokened(world, 'admin', { resource: `${world.origin}/mcp/ledger` });
      must((await flow.mcp('/mcp/ledger', access)).status === 200, 'refused at its own address');
      for (const path of [
        '/mcp',
        '/mcp/assets',
        '/mcp/identity',
        '/mcp/ledger/',
        '/mcp//ledger',
        '/mcp/LEDGER',
        '/mcp/ledger%2f',
        '/mcp/ledger;x',
      ])
        refused(await flow.mcp(path, access), [401, 404]);
    },
  },
  {
    name: 'a token for MCP at REST, at the chat and at the pages',
    async run(world) {
      const { flow, access } = await tokened(world, 'admin');
      refused(await flow.post('/api/identity/get-me', {}, bearer(access)), [401], 'core.bad_credentials');
      refused(await flow.post('/api/identity/create-token', { name: 'x' }, bearer(access)), [401], 'core.bad_credentials');
      for (const path of ['/openapi.json', '/chat/state', '/console', '/apps']) {
        const response = await fetch(world.origin + path, { headers: bearer(access), redirect: 'manual' });
        must(response.status === 401, `${path} answered ${response.status}`);
      }
    },
  },
  {
    name: 'a token in the query and in the body',
    async run({ origin, ...world }) {
      const { access } = await tokened({ origin, ...world });
      const inQuery = await fetch(`${origin}/mcp?access_token=${access}`, { method: 'POST', body: JSON.stringify(list) });
      const inBody = await fetch(`${origin}/mcp`, { method: 'POST', body: new URLSearchParams({ access_token: access }) });
      must(inQuery.status === 401 && inBody.status === 401, `${inQuery.status} ${inBody.status}`);
    },
  },
  {
    name: 'a session in place of a token, as a cookie and as a bearer',
    async run(world) {
      const { flow } = world.flow();
      const { session } = await world.member('admin');
      refused(
        await flow.mcp('/mcp', undefined, { headers: { cookie: `troupe_session=${session}`, origin: world.origin } }),
        [401],
      );
      refused(await flow.mcp('/mcp', session), [401]);
    },
  },
  {
    name: 'a refresh token, a code and a client id in place of an access token',
    async run(world) {
      const { flow, refresh, clientId } = await tokened(world);
      const code = (await flow.authorize(clientId, await world.member('viewer'))).get('code') ?? '';
      for (const one of [refresh, code, clientId]) refused(await flow.mcp('/mcp', one), [401]);
    },
  },
  {
    name: 'a token after ten minutes',
    async run(world) {
      const { flow, access } = await tokened(world);
      await world.age(601);
      const answer = await flow.mcp('/mcp', access);
      refused(answer, [401]);
      must((answer.headers.get('www-authenticate') ?? '').includes('error="invalid_token"'), 'not told that it is invalid');
    },
  },
  {
    name: 'a token of a person who has lost the role since',
    async run(world) {
      const path = '/mcp/ledger';
      const { flow, member, access } = await tokened(world, 'admin', { resource: world.origin + path });
      const mayPost = async () => JSON.stringify((await flow.mcp(path, access)).body).includes('ledger_post_entry');
      must(await mayPost(), 'it had no such tool before');
      await world.ask('identity.revoke-role', { personId: member.personId, role: 'admin' });
      must(!(await mayPost()), 'it still has the tool');
    },
  },
  {
    name: 'a token of a person who was deactivated',
    async run(world) {
      const { flow, member, access } = await tokened(world);
      await world.ask('identity.deactivate-person', { personId: member.personId });
      refused(await flow.mcp('/mcp', access), [401]);
      await world.ask('identity.reactivate-person', { personId: member.personId });
      refused(await flow.mcp('/mcp', access), [401]);
    },
  },
  {
    name: 'a page of another site',
    async run(world) {
      const { flow, access } = await tokened(world);
      for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example', 'file://'])
        refused(await flow.mcp('/mcp', access, { headers: { origin } }), [403], 'core.cross_site');
    },
  },
  {
    name: 'another name for this server',
    async run(world) {
      const { access } = await tokened(world);
      for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1']) {
        const status = await askAs(world.origin, host, access);
        must(status === 403, `${host}: ${status}`);
      }
    },
  },
  {
    name: "somebody else's session id, a forged one and one of another grant",
    async run(world) {
      const [one, other] = [await tokened(world), await tokened(world)];
      const begin = await one.flow.post('/mcp', initialize, { ...bearer(one.access), ...accept });
      const id = begin.headers.get('mcp-session-id') ?? '';
      const ask = (token: string, session: string) =>
        one.flow.post('/mcp', list, {
          ...bearer(token),
          ...accept,
          'mcp-session-id': session,
          'mcp-protocol-version': '2025-11-25',
        });
      must((await ask(one.access, id)).status === 200, 'refused to its owner');
      const renewed = await one.flow.refresh(one.clientId, one.refresh);
      must((await ask(String(renewed.body.access_token), id)).status === 200, 'refused after a renewal');
      refused(await ask(other.access, id), [404]);
      refused(
        await ask(
          one.access,
          id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        ),
        [404],
      );
      refused(await ask(one.access, 'garbage'), [404]);
    },
  },
  {
    name: 'what is no POST, no JSON, or too long',
    async run(world) {
      const { flow, access } = await tokened(world);
      for (const method of ['GET', 'DELETE', 'PUT'])
        must((await fetch(`${world.origin}/mcp`, { method, headers: bearer(access) })).status === 405, method);
      refused(await flow.post('/mcp', '{', bearer(access)), [400]);
      refused(await flow.post('/mcp', JSON.stringify('x'.repeat(1_100_000)), bearer(access)), [413]);
      refused(await flow.post('/mcp', initialize, { ...bearer(access), ...accept, 'content-type': 'text/plain' }), [415]);
    },
  },
  {
    name: 'a tool that the token does not cover, by its name and by run_action',
    async run(world) {
      const looks = (scopes: readonly string[]) => scopes.filter((scope) => scope.endsWith('.read'));
      const { flow, access } = await tokened(world, 'admin', {}, looks);
      const input = { brandId: 'gallery', title: 'x' };
      const calls = [
        { name: 'assets_create_collection', arguments: input },
        { name: 'run_action', arguments: { action: 'assets.create-collection', input } },
      ];
      for (const params of calls) {
        const answer = await flow.mcp('/mcp', access, { method: 'tools/call', params });
        const told = answer.headers.get('www-authenticate') ?? '';
        must(
          answer.status === 403 &&
            told.includes('error="insufficient_scope"') &&
            /scope="[^"]*assets\.asset\.write[^"]*"/.test(told),
          `${answer.status} ${told}`,
        );
      }
      const { items } = (await world.ask('assets.list-collections')) as { items: { title: string }[] };
      must(!items.some(({ title }) => title === 'x'), 'it was done');
    },
  },
  {
    name: 'a tool that its person may not use, which is not told apart from one that is not there',
    async run(world) {
      const { flow, access } = await tokened(world);
      const ask = async (name: string) =>
        (await flow.mcp('/mcp', access, { method: 'tools/call', params: { name, arguments: {} } })).body;
      must(JSON.stringify(await ask('ledger_post_entry')) === JSON.stringify(await ask('ledger_no_such')), 'told apart');
    },
  },
  {
    name: 'credentials and roles, asked for by an app',
    async run(world) {
      const { flow, access, member } = await tokened(world, 'admin');
      const { personId } = member;
      const wanted = {
        identity_create_token: { name: 'x' },
        identity_create_link: { personId },
        identity_grant_role: { personId, role: 'editor' },
        identity_set_password: { password: 'another fine night' },
        identity_allow_app: {
          clientId: 'x',
          clientName: 'x',
          clientHost: 'x',
          resource: `${world.origin}/mcp`,
          scopes: ['identity.me.read'],
          days: 1,
        },
      };
      for (const [name, args] of Object.entries(wanted)) {
        const answer = await flow.mcp('/mcp', access, { method: 'tools/call', params: { name, arguments: args } });
        must(answer.status === 403, `${name}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      }
    },
  },
];

/** The status of a request that calls this server by another name. */
function askAs(origin: string, host: string, token: string): Promise<number | undefined> {
  const body = JSON.stringify(list);
  return new Promise((resolve, reject) => {
    const headers = { host, ...bearer(token), ...accept, 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(`${origin}/mcp`, { method: 'POST', headers, setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
