import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHttps, testAuthority } from '../testing/https.ts';
import { createEgress, type EgressOptions } from './egress.ts';

let port = 0;
let close: () => Promise<void>;
const seen: IncomingMessage['headers'][] = [];

beforeAll(async () => {
  ({ port, close } = await serveHttps(answer));
});
afterAll(() => close());

function answer(request: IncomingMessage, response: ServerResponse): void {
  seen.push(request.headers);
  const url = new URL(request.url ?? '/', 'https://client.example');
  const to = url.searchParams.get('to');
  if (to !== null) response.writeHead(302, { location: to }).end();
  else if (url.pathname === '/large') response.end('x'.repeat(2_000));
  else if (url.pathname === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
  else if (url.pathname === '/cut') response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
  else response.end(JSON.stringify({ path: url.pathname }));
}

/** The names that lead to the test's own server. */
const here = async (host: string) => (host.endsWith('.example') ? ['127.0.0.1'] : ['93.184.215.14', '10.0.0.1']);
const read = (url: string, { headers, ...options }: EgressOptions & { headers?: Record<string, string> } = {}) =>
  createEgress({ isLoopbackOpen: true, resolve: here, ca: testAuthority, ...options }).read({
    url,
    mostBytes: 1_000,
    ...(headers ? { headers } : {}),
  });
const at = (path: string, host = 'client.example') => `https://${host}:${port}${path}`;

const HOSTILE = `https://127.0.0.1/ https://127.1/ https://2130706433/ https://0x7f000001/ https://0177.0.0.1/ https://0x7f.1/ https://0/
  https://localhost/ https://LOCALHOST/ https://localhost./ https://10.0.0.1/ https://10.1/ https://169.254.169.254/latest/meta-data/
  https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/ https://[::ffff:a9fe:a9fe]/ https://[64:ff9b::a00:1]/ https://[fd00::1]/
  https://[fe80::1]/ https://[2002:a00:1::]/ https://[ff02::1]/ https://192.168.1.1/ https://172.16.0.1/ https://100.64.0.1/ https://0.0.0.0/
  https://224.0.0.1/ https://255.255.255.255/ https://198.18.0.1/ https://①②⑦.⓪.⓪.①/ https://127。0。0。1/ https://1.1.1.1:22/
  https://1.1.1.1:8443/ https://1.1.1.1:80/ http://1.1.1.1/ http://1.1.1.1:443/ ftp://1.1.1.1/ file:///etc/passwd data:text/plain,x
  javascript:alert(1) gopher://1.1.1.1/ ws://1.1.1.1/ https://user@1.1.1.1/ https://user:word@1.1.1.1/ https://:word@1.1.1.1/ https:// //1.1.1.1/
  https://[::1%25eth0]/ not-an-address https://1.1.1.1:99999/`;

test('an address that is not on the public internet, or not https on a listed port, is refused before anything is sent', async () => {
  const refusals = HOSTILE.split(/\s+/).map(async (url) => {
    const code = await createEgress({ resolve: async () => ['127.0.0.1'] })
      .read({ url, mostBytes: 10 })
      .then(
        () => 'read',
        (error: { code: string }) => error.code,
      );
    return `${url} ${code}`;
  });
  expect((await Promise.all(refusals)).filter((line) => !line.endsWith(' egress.refused'))).toEqual([]);
});

test('one private address among those of a host refuses them all', async () => {
  const egress = createEgress({ resolve: async () => ['93.184.215.14', '10.0.0.1'] });
  await expect(egress.read({ url: 'https://mixed.test/', mostBytes: 10 })).rejects.toMatchObject({ code: 'egress.refused' });
  const none = createEgress({ resolve: async () => [] });
  await expect(none.read({ url: 'https://nobody.test/', mostBytes: 10 })).rejects.toMatchObject({ code: 'egress.refused' });
});

test('a host is asked for once, and what was vetted is what is connected to', async () => {
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const changing = async () => answers.shift() ?? [];
  expect((await read(at('/a'), { resolve: changing })).status).toBe(200);
  expect(answers).toEqual([['10.0.0.1']]);
});

test('this very machine is reached only where the setting says so', async () => {
  expect(JSON.parse((await read(at('/a'))).body.toString())).toEqual({ path: '/a' });
  await expect(read(at('/a'), { isLoopbackOpen: false })).rejects.toMatchObject({ code: 'egress.refused' });
  await expect(read(at('/a'), { isLoopbackOpen: false, ports: new Set([port]) })).rejects.toMatchObject({
    code: 'egress.refused',
  });
});

test('three redirects are followed, each checked anew; a fourth, and one to where nobody may read, are refused', async () => {
  const hops = (count: number, last: string): string =>
    count === 0 ? last : at(`/hop?to=${encodeURIComponent(hops(count - 1, last))}`);
  expect((await read(hops(3, at('/end')))).url).toBe(at('/end'));
  await expect(read(hops(4, at('/end')))).rejects.toMatchObject({ code: 'egress.refused' });
  for (const to of ['https://169.254.169.254/', 'http://1.1.1.1/', 'file:///etc/passwd', 'https://mixed.test/', '//10.0.0.1/'])
    await expect(read(hops(1, to))).rejects.toMatchObject({ code: 'egress.refused' });
});

test('credentials are not sent along a redirect', async () => {
  seen.length = 0;
  await read(at(`/hop?to=${encodeURIComponent(at('/end', 'other.example'))}`), {
    headers: { authorization: 'Bearer x', Cookie: 'a=b', accept: 'application/json' },
  });
  expect(seen.map(({ authorization, cookie, accept }) => [authorization, cookie, accept])).toEqual([
    ['Bearer x', 'a=b', 'application/json'],
    [undefined, undefined, 'application/json'],
  ]);
});

test('what is larger than was said, packed, cut off or signed by nobody is not taken', async () => {
  await expect(read(at('/large'))).rejects.toMatchObject({ code: 'egress.too_large' });
  await expect(read(at('/packed'))).rejects.toMatchObject({ code: 'egress.unreachable' });
  await expect(read(at('/cut'))).rejects.toMatchObject({ code: 'egress.unreachable' });
  await expect(read(at('/a', 'foreign.example'))).rejects.toMatchObject({ code: 'egress.unreachable' });
  await expect(read(`http://client.example:${port}/a`)).rejects.toMatchObject({ code: 'egress.unreachable' });
});
