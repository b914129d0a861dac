// What a third party gets: our packages and the example's as tarballs, installed as real folders into an empty one, and a house there.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../scripts/pack.ts';
import { makePdf } from './made-pdf.ts';

const root = dirname(import.meta.dirname);
const house = realpathSync(mkdtempSync(join(tmpdir(), 'troupe-house-')));
const program = join(house, 'node_modules/@troupe-os/core/dist/cli/main.js');
const run = promisify(execFile);

const CONFIG = `import { loyaltyPlugin } from '@example/loyalty';
import { defineInstallation } from '@troupe-os/core/installation';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';

export default defineInstallation({
  plugins: [identityPlugin, ledgerPlugin, assetsPlugin, marketplacePlugin, loyaltyPlugin],
  surfaces: [],
});
`;

beforeAll(async () => {
  const workspaces = ['core', 'plugins/identity', 'plugins/ledger', 'plugins/assets', 'plugins/marketplace', 'examples/loyalty'];
  const tarballs = await pack(join(house, 'tarballs'), workspaces);
  for (const [i, tarball] of tarballs.entries()) await install(tarball, workspaces[i] ?? '');
  writeFileSync(join(house, 'package.json'), '{ "name": "house", "private": true, "type": "module" }\n');
  writeFileSync(join(house, 'troupe.config.js'), CONFIG);
}, 300_000);

afterAll(() => rmSync(house, { recursive: true, force: true }));

/** As npm would, but that other people's packages are linked from this repository: a test needs no registry. */
async function install(tarball: string, workspace: string): Promise<void> {
  const { name, dependencies }: { name: string; dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, workspace, 'package.json'), 'utf8'),
  );
  const target = join(house, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  for (const dependency of Object.keys(dependencies)) {
    if (dependency.startsWith('@troupe-os/')) continue;
    const own = join(root, workspace, 'node_modules', dependency);
    const [source, folder] = existsSync(own) ? [own, target] : [join(root, 'node_modules', dependency), house];
    const link = join(folder, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(source, link);
  }
}

/** The command line of the house, with its answer. */
async function troupe(...words: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [program, ...words, '--json'], { cwd: house });
  return JSON.parse(stdout);
}

/** Starts the house and answers once it is ready. */
async function startHouse(): Promise<{ readyLine: string; stop(): Promise<void> }> {
  const server = spawn(process.execPath, [program, 'start', '--empty'], {
    cwd: house,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = once(server, 'exit');
  await new Promise<void>((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (text) => {
        said += text;
        if (/^ready .*$/m.test(said)) resolve();
      });
    }
    ended.then(([code]) => reject(new Error(`The server ended with ${code} and said:\n${said}`)), reject);
  });
  return {
    readyLine: said.split('\n').find((line) => line.startsWith('ready ')) ?? '',
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

test('what is published holds no TypeScript but declarations and the template of new-plugin', () => {
  const packages = ['@troupe-os', '@example'].flatMap((scope) =>
    readdirSync(join(house, 'node_modules', scope)).map((name) => join(house, 'node_modules', scope, name)),
  );
  expect(packages).toHaveLength(6);
  for (const folder of packages) {
    const files = ['dist', 'migrations'].flatMap((part) =>
      readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }),
    );
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', expect.stringMatching(/\.sql$/)]));
  }
});

test('a house of published packages starts, sells, and the third party’s plugin credits the buyer', {
  timeout: 300_000,
}, async () => {
  const { readyLine, stop } = await startHouse();
  try {
    expect(readyLine).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+ in \d+\.\d\d s$/);

    // reading a document and measuring its meaning both happen in worker threads, which are files of their own
    const file = join(house, 'drive.pdf');
    writeFileSync(file, makePdf({ title: 'Night drive', author: 'Ann', pages: [['A road at night.']] }));
    const { importId } = await troupe('run', 'assets.import', `file=${file}`, 'brandId=zig-zag');
    await expect
      .poll(() => troupe('run', 'assets.get-import', `importId=${importId}`), { timeout: 60_000, interval: 200 })
      .toMatchObject({ waiting: 0, failed: 0 });
    const { items } = await troupe('run', 'assets.search', 'q=driving after dark');
    const [work] = items as { id: string; facts: object }[];
    expect(work).toMatchObject({ title: 'Night drive', facts: { pages: 1 } });

    await troupe('run', 'assets.publish', `id=${work?.id}`);
    const { productId } = await troupe('run', 'marketplace.create-product', `assetIds=${work?.id}`);
    const { listingId } = await troupe('run', 'marketplace.create-listing', `productId=${productId}`, 'unit=EUR', 'price=2599');
    expect(await troupe('run', 'loyalty.get-balance')).toEqual({ points: 0 });
    await troupe('run', 'marketplace.buy', `listingId=${listingId}`, 'cardNumber=4242 4242 4242 4242');

    await expect.poll(() => troupe('run', 'loyalty.get-balance'), { timeout: 60_000, interval: 100 }).toEqual({ points: 25 });
  } finally {
    await stop();
  }
});

test('a plugin that new-plugin writes in such a house works there as it stands', { timeout: 300_000 }, async () => {
  const { stdout } = await run(process.execPath, [program, 'new-plugin', 'wishes'], { cwd: house });
  expect(stdout).toContain("import { wishesPlugin } from 'troupe-plugin-wishes';");
  symlinkSync('../wishes', join(house, 'node_modules/troupe-plugin-wishes')); // what npm install ./wishes does
  const config = CONFIG.replace('loyaltyPlugin]', 'loyaltyPlugin, wishesPlugin]');
  writeFileSync(join(house, 'troupe.config.js'), `import { wishesPlugin } from 'troupe-plugin-wishes';\n${config}`);

  const { itemId } = await troupe('run', 'wishes.add-item', 'title=A first item');

  expect(await troupe('run', 'wishes.list-items')).toEqual({ items: [{ itemId, title: 'A first item' }] });
});
