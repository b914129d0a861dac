// Clients that name themselves by the address of a document: whatever stands there, and wherever the address leads.
import type { ServerResponse } from 'node:http';
import { CALLBACK } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { type Attack, must, outcomeOf } from './attack.ts';

const PRIVATE = `https://127.0.0.1/c https://localhost/c https://10.0.0.1/c https://192.168.1.1/c https://169.254.169.254/latest/meta-data
  https://[::1]/c https://[::ffff:10.0.0.1]/c https://[fd00::1]/c https://[fe80::1]/c https://0.0.0.0/c https://2130706433/c
  https://0x7f.1/c https://internal.corp/c https://100.64.0.1/c https://client.example:22/c`;
const NO_ADDRESS = `http://client.example/c https://user@client.example/c https://client.example/c#x https://client.example/a/../c
  https://client.example/%2e%2e/c ftp://client.example/c https:// https://client.example\\@10.0.0.1/c`;

const right = (client_id: string) => ({ client_id, client_name: 'Documented', redirect_uris: [CALLBACK] });

const documents: Readonly<Record<string, (url: string, response: ServerResponse) => void>> = {
  'that names another client': (url, response) => response.end(JSON.stringify(right(`${url}x`))),
  'that names nobody': (url, response) => response.end(JSON.stringify({ ...right(url), client_id: undefined })),
  'of six kilobytes': (url, response) => response.end(JSON.stringify({ ...right(url), client_name: 'x'.repeat(6_000) })),
  'without an end': (_url, response) => {
    const more = () => response.write('x'.repeat(65_536), (error) => (error ? undefined : more()));
    more();
  },
  'that is no JSON': (_url, response) => response.end('<html>'),
  'that is a list': (url, response) => response.end(JSON.stringify([right(url)])),
  'that is not there': (_url, response) => response.writeHead(404).end(),
  'that leads to a private address': (_url, response) => response.writeHead(302, { location: 'https://10.0.0.1/c' }).end(),
  'that leads to a right one': (url, response) =>
    url.includes('there')
      ? response.end(JSON.stringify(right(url.replace('-there', ''))))
      : response.writeHead(302, { location: `${url}-there` }).end(),
  'with a secret': (url, response) => response.end(JSON.stringify({ ...right(url), client_secret: 'x' })),
  'with a way to prove itself that shares a secret': (url, response) =>
    response.end(JSON.stringify({ ...right(url), token_endpoint_auth_method: 'client_secret_post' })),
  'with keys on a private address': (url, response) =>
    response.end(
      JSON.stringify({ ...right(url), token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://10.0.0.1/k' }),
    ),
  'with a script to be sent to': (url, response) =>
    response.end(JSON.stringify({ ...right(url), redirect_uris: ['javascript:alert(1)'] })),
  'with another place to be sent to': (url, response) =>
    response.end(JSON.stringify({ ...right(url), redirect_uris: ['https://client.example/other'] })),
  'with plain http to be sent to': (url, response) =>
    response.end(JSON.stringify({ ...right(url), redirect_uris: [CALLBACK, 'http://client.example/cb'] })),
  'with a sector on a private address': (url, response) =>
    response.end(JSON.stringify({ ...right(url), sector_identifier_uri: 'https://10.0.0.1/s' })),
  packed: (url, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(JSON.stringify(right(url))),
};

const words = (text: string) => text.split(/\s+/);

const leadsNowhere = (name: string, clientId: string | ((world: Parameters<Attack['run']>[0]) => string)): Attack => ({
  name,
  async run(world) {
    const { flow, browser } = world.flow();
    const id = typeof clientId === 'string' ? clientId : clientId(world);
    const { kind, status = 0, to } = await outcomeOf(browser, flow.authorizeUrl(id));
    must(kind === 'page' && status >= 400 && status < 500, `${kind} ${to ?? status}`);
  },
});

export const documentAttacks: readonly Attack[] = [
  {
    name: 'a right document, which is let in',
    async run(world) {
      const { flow, browser } = world.flow();
      const url = world.document(`/${crypto.randomUUID()}`, (at, response) => response.end(JSON.stringify(right(at))));
      must((await outcomeOf(browser, flow.authorizeUrl(url))).kind === 'asks', 'a right one was refused');
    },
  },
  ...words(PRIVATE).map((url) => leadsNowhere(`a document at ${url}`, url)),
  ...words(NO_ADDRESS).map((url) => leadsNowhere(`a document at ${url}`, url)),
  ...Object.entries(documents).map(([name, answer]) =>
    leadsNowhere(`a document ${name}`, (world) => {
      const path = `/${crypto.randomUUID()}`;
      world.document(`${path}-there`, answer);
      return world.document(path, answer);
    }),
  ),
];
