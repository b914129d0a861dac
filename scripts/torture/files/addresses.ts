// Addresses that nobody outside may have this house read, and answers that it may not swallow.
import { createEgress } from '@troupe-os/core/surface';
import { serveHttps, testAuthority } from '@troupe-os/core/testing';

export interface Attempt {
  readonly name: string;
  /** `refused`: before anything was asked there; `not taken`: what answers was not believed. */
  readonly expected: 'refused' | 'not taken';
  /** Answers what became of it. */
  run(): Promise<string>;
}

const PRIVATE = [
  '127.0.0.1',
  '10.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
];
const OTHERS =
  `[::] [::1] [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1] [2001:db8::1] [100::1] [2001::1] localhost LOCALHOST localhost.
  metadata.google.internal 127.1 0 10.1 0x7f.1 0177.1`.split(/\s+/);
const SCHEMES = [
  'http://1.1.1.1/',
  'ftp://1.1.1.1/',
  'file:///etc/passwd',
  'data:text/plain,x',
  'gopher://1.1.1.1/',
  'ws://1.1.1.1/',
];
const PARTS = [
  'https://1.1.1.1:22/',
  'https://1.1.1.1:80/',
  'https://1.1.1.1:5432/',
  'https://1.1.1.1:8443/',
  'https://1.1.1.1:0/',
];
const WORDS = [
  'https://user@1.1.1.1/',
  'https://user:word@1.1.1.1/',
  'https://',
  '//1.1.1.1/',
  'javascript:alert(1)',
  'https://1.1.1.1:99999/',
];
const MOST = 1_000;
const OUTCOMES: Readonly<Record<string, string>> = {
  'egress.refused': 'refused',
  'egress.unreachable': 'not taken',
  'egress.too_large': 'not taken',
};

/** One IPv4 address in the ways in which it can be written. */
function formsOf(address: string): string[] {
  const parts = address.split('.').map(Number);
  const whole = parts.reduce((sum, part) => sum * 256 + part, 0);
  const hex = (from: number) =>
    parts
      .slice(from, from + 2)
      .map((part) => part.toString(16).padStart(2, '0'))
      .join('');
  const pair = `${hex(0)}:${hex(2)}`;
  return [
    address,
    String(whole),
    `0x${whole.toString(16)}`,
    `0${whole.toString(8)}`,
    parts.map((part) => `0x${part.toString(16)}`).join('.'),
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    [...address].map((sign) => (sign === '.' ? '。' : String.fromCodePoint(0xff10 + Number(sign)))).join(''),
    `[::ffff:${address}]`,
    `[::${pair}]`,
    `[64:ff9b::${pair}]`,
    `[64:ff9b:1::${pair}]`,
    `[2002:${pair}::1]`,
  ];
}

export async function addressAttempts(): Promise<{ attempts: Attempt[]; close(): Promise<void> }> {
  const seen: (string | undefined)[] = [];
  const { port, close } = await serveHttps((request, response) => {
    const url = new URL(request.url ?? '/', 'https://client.example');
    seen.push(request.headers.authorization ?? request.headers.cookie);
    const to = url.searchParams.get('to');
    if (to !== null) response.writeHead(302, { location: to }).end();
    else if (url.pathname === '/endless') {
      const more = () => response.destroyed || response.write('x'.repeat(65_536), more);
      more();
    } else if (url.pathname === '/large') response.writeHead(200, { 'content-length': '2000000000' }).write('x'.repeat(MOST + 1));
    else if (url.pathname === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    else if (url.pathname === '/slow') response.writeHead(200).write('x');
    else response.end('{}');
  });
  const at = (path: string, host = 'client.example') => `https://${host}:${port}${path}`;
  const hop = (to: string) => at(`/hop?to=${encodeURIComponent(to)}`);
  const here = async (host: string) => (host.endsWith('.example') ? ['127.0.0.1'] : ['10.0.0.1']);
  const open = createEgress({ isLoopbackOpen: true, ca: testAuthority, resolve: here });
  const read = (egress: ReturnType<typeof createEgress>, request: { url: string; headers?: Record<string, string> }) =>
    egress.read({ ...request, mostBytes: MOST }).then(
      ({ status }) => `read ${status}`,
      ({ code = 'no code' }: { code?: string }) => OUTCOMES[code] ?? `failed with ${code}`,
    );
  const refused = (name: string, resolve: () => Promise<string[]>, url: string): Attempt => ({
    name,
    expected: 'refused',
    run: () => read(createEgress({ resolve }), { url }),
  });
  const private10 = async () => ['10.0.0.1'];
  const direct = [...PRIVATE.flatMap(formsOf), ...OTHERS].map((host) => `https://${host}/`);
  const attempts: Attempt[] = [
    ...[...direct, ...SCHEMES, ...PARTS, ...WORDS].map((url) => refused(url, private10, url)),
    ...[...PRIVATE, '::1', 'fd00::1', '::ffff:10.0.0.1'].flatMap((address) => [
      refused(`a name for ${address}`, async () => [address], 'https://name.test/'),
      refused(`a name for a public address and ${address}`, async () => ['93.184.215.14', address], 'https://name.test/'),
    ]),
    ...[...PRIVATE.slice(1).map((address) => `https://${address}/`), ...SCHEMES, 'https://name.test/', '//10.0.0.1/'].map(
      (to) => ({
        name: `a redirect to ${to}`,
        expected: 'refused' as const,
        run: () => read(open, { url: hop(to) }),
      }),
    ),
    { name: 'four redirects', expected: 'refused', run: () => read(open, { url: hop(hop(hop(hop(at('/end'))))) }) },
    ...['/endless', '/large', '/packed', '/slow'].map((path) => ({
      name: `an answer: ${path}`,
      expected: 'not taken' as const,
      run: () => read(open, { url: at(path) }),
    })),
    {
      name: 'a certificate of another name',
      expected: 'not taken',
      run: () => read(open, { url: at('/end', 'foreign.example') }),
    },
    ...['authorization', 'cookie', 'Proxy-Authorization'].map((header) => ({
      name: `${header} along a redirect`,
      expected: 'refused' as const,
      async run() {
        seen.length = 0;
        await read(open, { url: hop(at('/end', 'other.example')), headers: { [header]: 'secret' } });
        return seen.length === 2 && seen[1] === undefined ? 'refused' : `sent along: ${seen.join()}`;
      },
    })),
    {
      name: 'a name that leads elsewhere between the check and the connection',
      expected: 'refused',
      async run() {
        const answers = [['127.0.0.1'], ['10.0.0.1']];
        const changing = createEgress({ isLoopbackOpen: true, ca: testAuthority, resolve: async () => answers.shift() ?? [] });
        await read(changing, { url: at('/end') });
        return answers.length === 1 ? 'refused' : 'asked for again';
      },
    },
  ];
  return { attempts, close };
}
