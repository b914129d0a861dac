// Codes and tokens in the wrong hands, at the wrong time, for the wrong thing.
import { CALLBACK } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { type Attack, must, refused } from './attack.ts';
import type { World } from './world.ts';

async function coded(world: World) {
  const { flow } = world.flow();
  const clientId = await flow.register();
  const code = (await flow.authorize(clientId, await world.member('viewer'))).get('code') ?? '';
  must(code !== '', 'no code');
  return { flow, clientId, code };
}

/** That a code which was refused to somebody else is still good for its client: the attack was what was refused. */
async function stillGood({ flow, clientId, code }: Awaited<ReturnType<typeof coded>>): Promise<void> {
  const { status } = await flow.exchange(clientId, code);
  must(status === 200, `the client itself was answered ${status}`);
}

const wrongExchange = (
  name: string,
  more: (world: World) => Record<string, string | undefined>,
  error = 'invalid_grant',
): Attack => ({
  name,
  async run(world) {
    const one = await coded(world);
    refused(await one.flow.exchange(one.clientId, one.code, more(world)), [400], error);
    await stillGood(one);
  },
});

async function tokened(world: World, role: 'viewer' | 'admin' = 'viewer') {
  const { flow } = world.flow();
  const member = await world.member(role);
  return { flow, member, ...(await flow.tokens(member)) };
}

const wrongRefresh = (name: string, more: (world: World) => Record<string, string>, error: string): Attack => ({
  name,
  async run(world) {
    const { flow, clientId, refresh } = await tokened(world);
    refused(await flow.refresh(clientId, refresh, more(world)), [400], error);
  },
});

const INVALID = [400, 401];

export const tokenAttacks: readonly Attack[] = [
  wrongExchange('a code with another verifier', () => ({ code_verifier: 'x'.repeat(43) })),
  wrongExchange('a code without its verifier', () => ({ code_verifier: undefined })),
  wrongExchange('a code with its challenge for a verifier', () => ({ code_verifier: 'plain'.repeat(10) })),
  wrongExchange('a code for another redirect', () => ({ redirect_uri: `${CALLBACK}/x` })),
  wrongExchange('a code without its redirect', () => ({ redirect_uri: undefined }), 'invalid_request'),
  wrongExchange('a code cut short', () => ({ code: 'short' })),
  {
    name: 'a code for another resource',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      refused(await flow.exchange(clientId, code, { resource: `${world.origin}/mcp/ledger` }), [400], 'invalid_target');
    },
  },
  {
    name: "another client's code",
    async run(world) {
      const one = await coded(world);
      refused(await one.flow.exchange(await one.flow.register(), one.code), [400], 'invalid_grant');
      await stillGood(one);
    },
  },
  {
    name: 'a code, used twice: what it brought ends too',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      const { body } = await flow.exchange(clientId, code);
      refused(await flow.exchange(clientId, code), [400], 'invalid_grant');
      refused(await flow.mcp('/mcp', String(body.access_token)), [401]);
      refused(await flow.refresh(clientId, String(body.refresh_token)), [400], 'invalid_grant');
    },
  },
  {
    name: 'a code, used ten times at once',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      const answers = await Promise.all(Array.from({ length: 10 }, () => flow.exchange(clientId, code)));
      const done = answers.filter(({ status }) => status === 200);
      must(done.length <= 1, `${done.length} exchanges`);
      must(
        answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant'),
        JSON.stringify(answers.map(({ status, body }) => [status, body.error])),
      );
    },
  },
  {
    name: 'a code after a minute',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      await world.age(61);
      refused(await flow.exchange(clientId, code), [400], 'invalid_grant');
    },
  },
  {
    name: 'a code of a person who was deactivated meanwhile',
    async run(world) {
      const { flow } = world.flow();
      const member = await world.member('viewer');
      const clientId = await flow.register();
      const code = (await flow.authorize(clientId, member)).get('code') ?? '';
      await world.ask('identity.deactivate-person', { personId: member.personId });
      refused(await flow.exchange(clientId, code), [400], 'invalid_grant');
    },
  },
  {
    name: 'grants that are not here',
    async run(world) {
      const { flow } = world.flow();
      const client_id = await flow.register();
      for (const grant_type of [
        'password',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ])
        refused(
          await flow.token({ grant_type, client_id, username: 'a', password: 'b', assertion: 'x' }),
          [400],
          'unsupported_grant_type',
        );
      refused(await flow.token({ client_id }), [400]);
    },
  },
  {
    name: 'an unknown client at the token endpoint',
    async run(world) {
      const { flow, code } = await coded(world);
      refused(await flow.exchange('nobody', code), [401], 'invalid_client');
    },
  },
  {
    name: 'a client that proves itself by a secret that nobody gave it',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      const basic = `Basic ${Buffer.from(`${clientId}:secret`).toString('base64')}`;
      refused(
        await flow.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, { authorization: basic }),
        INVALID,
      );
    },
  },
  {
    name: 'tokens asked for by GET',
    async run(world) {
      const { clientId, code } = await coded(world);
      const asked = new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, code });
      const response = await fetch(`${world.origin}/oauth/token?${asked}`);
      must(response.status === 404 || response.status === 405, `answered ${response.status}`);
    },
  },
  {
    name: 'tokens asked for as JSON',
    async run(world) {
      const { flow, clientId, code } = await coded(world);
      refused(await flow.post('/oauth/token', { grant_type: 'authorization_code', client_id: clientId, code }), [400]);
    },
  },
  wrongRefresh('a refresh for more than was given', () => ({ scope: 'ledger.entry.post' }), 'invalid_scope'),
  wrongRefresh('a refresh for everything', () => ({ scope: '*' }), 'invalid_scope'),
  wrongRefresh('a refresh for another resource', ({ origin }) => ({ resource: `${origin}/mcp/ledger` }), 'invalid_target'),
  {
    name: "another client's refresh token",
    async run(world) {
      const { flow, refresh } = await tokened(world);
      refused(await flow.refresh(await flow.register(), refresh), [400], 'invalid_grant');
    },
  },
  {
    name: 'an access token, a code and nothing as a refresh token',
    async run(world) {
      const { flow, clientId, access } = await tokened(world);
      const other = await coded(world);
      for (const one of [access, other.code, 'x', '']) refused(await flow.refresh(clientId, one), [400]);
      refused(await flow.exchange(clientId, access), [400], 'invalid_grant');
    },
  },
  {
    name: 'a refresh token again after a minute: all that came of it ends',
    async run(world) {
      const { flow, clientId, refresh, member } = await tokened(world);
      const { body } = await flow.refresh(clientId, refresh);
      await world.age(61);
      refused(await flow.refresh(clientId, refresh), [400], 'invalid_grant');
      refused(await flow.mcp('/mcp', String(body.access_token)), [401]);
      refused(await flow.refresh(clientId, String(body.refresh_token)), [400], 'invalid_grant');
      const { items } = (await world.ask('identity.list-apps', { personId: member.personId })) as { items: unknown[] };
      must(items.length === 0, 'the yes still stands');
    },
  },
  {
    name: 'a refresh token after its thirty days',
    async run(world) {
      const { flow, clientId, refresh } = await tokened(world);
      await world.age(31 * 86_400);
      refused(await flow.refresh(clientId, refresh), INVALID);
    },
  },
  {
    name: 'a refresh token that its client gave back',
    async run(world) {
      const { flow, clientId, refresh, access, member } = await tokened(world);
      const body = new URLSearchParams({ client_id: clientId, token: refresh });
      await fetch(`${world.origin}/oauth/revoke`, { method: 'POST', body });
      refused(await flow.refresh(clientId, refresh), [400], 'invalid_grant');
      refused(await flow.mcp('/mcp', access), [401]);
      const { items } = (await world.ask('identity.list-apps', { personId: member.personId })) as { items: unknown[] };
      must(items.length === 0, 'the yes still stands');
    },
  },
  {
    name: "another client's token, given back by a stranger",
    async run(world) {
      const { flow, access, refresh } = await tokened(world);
      const stranger = await flow.register();
      for (const token of [access, refresh])
        await fetch(`${world.origin}/oauth/revoke`, {
          method: 'POST',
          body: new URLSearchParams({ client_id: stranger, token }),
        });
      must((await flow.mcp('/mcp', access)).status === 200, 'a stranger ended it');
    },
  },
];
