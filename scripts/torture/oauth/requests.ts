// Authorization requests and registrations that must lead nowhere.
import { CALLBACK, type Parameters } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { type Attack, must, outcomeOf, refused, toldIn } from './attack.ts';
import type { World } from './world.ts';

/** A request that differs from a good one by this. */
async function ask({ flow: open }: World, more: Parameters, change: (url: URL) => void = () => {}) {
  const { flow, browser } = open();
  const url = flow.authorizeUrl(await flow.register(), more);
  change(url);
  return outcomeOf(browser, url);
}

const shownHere = (name: string, more: Parameters, change?: (url: URL) => void): Attack => ({
  name,
  async run(world) {
    const { kind, to, status = 0 } = await ask(world, more, change);
    must(kind === 'page' && status >= 400, `${kind} ${to ?? status}`);
  },
});

const sentBack = (name: string, more: Parameters, error: string, change?: (url: URL) => void): Attack => ({
  name,
  async run(world) {
    const { kind, to } = await ask(world, more, change);
    const told = to && toldIn(to);
    must(kind === 'sent back' && to?.href.startsWith(CALLBACK) === true, `${kind} ${to}`);
    must(told?.get('error') === error && told.get('code') === null, `told ${told}`);
    must(told?.get('iss') === world.origin && told?.get('state') === 'the-state', `iss ${told?.get('iss')}`);
  },
});

const unregistered: readonly (readonly [name: string, uri: string])[] = [
  ['of another host', 'https://evil.example/callback'],
  ['of another path', 'http://127.0.0.1:33418/other'],
  ['with a path behind it', `${CALLBACK}/more`],
  ['with a query', `${CALLBACK}?to=evil`],
  ['with a fragment', `${CALLBACK}#x`],
  ['with the name before an @', 'http://127.0.0.1:33418@evil.example/callback'],
  ['with a user', 'http://user@127.0.0.1:33418/callback'],
  ['over https', CALLBACK.replace('http:', 'https:')],
  ['of localhost by another name', CALLBACK.replace('127.0.0.1', 'localhost')],
  ['with dots', 'http://127.0.0.1:33418/x/../callback'],
  ['in capitals', CALLBACK.replace('callback', 'CALLBACK')],
  ['that is a script', 'javascript:alert(1)'],
];

const badMetadata: readonly (readonly [name: string, metadata: Record<string, unknown>])[] = [
  ['an address over plain http', { redirect_uris: ['http://evil.example/callback'] }],
  ['an address that calls itself web over plain http', { application_type: 'web', redirect_uris: ['http://evil.example/cb'] }],
  ['a script as its address', { redirect_uris: ['javascript:alert(1)'] }],
  ['data as its address', { redirect_uris: ['data:text/html,x'] }],
  ['a fragment in its address', { redirect_uris: [`${CALLBACK}#x`] }],
  ['no address', { redirect_uris: [] }],
  ['an address that is none', { redirect_uris: ['nowhere'] }],
  ['a secret of its own', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['a key that it says where to fetch', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://10.0.0.1/jwks' }],
  ['the implicit grant', { grant_types: ['implicit'], response_types: ['token'] }],
  ['the password grant', { grant_types: ['password'] }],
  ['a sector document on a private address', { sector_identifier_uri: 'https://10.0.0.1/sector' }],
];

export const requestAttacks: readonly Attack[] = [
  ...unregistered.map(([name, redirect_uri]) => shownHere(`a redirect ${name}`, { redirect_uri })),
  shownHere('an unknown client', { client_id: 'nobody' }),
  shownHere('no client', { client_id: undefined }),
  shownHere('a client twice', {}, (url) => url.searchParams.append('client_id', 'other')),
  shownHere('a redirect twice', {}, (url) => url.searchParams.append('redirect_uri', 'https://evil.example/')),
  shownHere('no redirect', { redirect_uri: undefined }),
  sentBack('no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'),
  sentBack('plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'),
  sentBack('PKCE without its method', { code_challenge_method: undefined }, 'invalid_request'),
  sentBack('PKCE without its challenge', { code_challenge: undefined }, 'invalid_request'),
  sentBack('a short challenge', { code_challenge: 'short' }, 'invalid_request'),
  sentBack('a token at once', { response_type: 'token' }, 'unsupported_response_type'),
  sentBack('a code and a token', { response_type: 'code token' }, 'unsupported_response_type'),
  sentBack('an id token', { response_type: 'id_token' }, 'unsupported_response_type'),
  sentBack('another house as the resource', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'),
  sentBack('REST as the resource', {}, 'invalid_target', (url) => url.searchParams.set('resource', `${url.origin}/api`)),
  sentBack('a plugin that is not here', {}, 'invalid_target', (url) =>
    url.searchParams.set('resource', `${url.origin}/mcp/nothing`),
  ),
  sentBack('a resource with a slash too many', {}, 'invalid_target', (url) =>
    url.searchParams.set('resource', `${url.origin}/mcp/`),
  ),
  sentBack('two resources', {}, 'invalid_target', (url) => url.searchParams.append('resource', `${url.origin}/mcp/ledger`)),
  sentBack('a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'),
  sentBack('a request by reference', { request_uri: 'https://10.0.0.1/request' }, 'request_uri_not_supported'),
  sentBack('an answer without anybody asked', { prompt: 'none' }, 'login_required'),
  ...badMetadata.map(
    ([name, metadata]): Attack => ({
      name: `a registration with ${name}`,
      async run({ flow: open }) {
        const about = { client_name: 'x', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', ...metadata };
        refused(await open().flow.post('/oauth/register', about), [400]);
      },
    }),
  ),
  {
    name: 'a registration that is no JSON',
    run: async ({ flow: open }) => refused(await open().flow.post('/oauth/register', '{'), [400], 'invalid_request'),
  },
  {
    name: 'a registration of a megabyte',
    run: async ({ flow: open }) =>
      refused(
        await open().flow.post('/oauth/register', { client_name: 'x'.repeat(1_000_000), redirect_uris: [CALLBACK] }),
        [400],
      ),
  },
];
