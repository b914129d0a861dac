import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = dirname(dirname(dirname(import.meta.dirname)));
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'troupe-new-')));
  folders.push(folder);
  writeFileSync(join(folder, 'troupe.config.js'), 'export default { plugins: [{ id: "books" }], surfaces: [] };\n');
  return folder;
}

/** What a clone has and a plugin needs: core, its SQL, the settings of the tools, and the packages. */
function smallClone(): string {
  const folder = emptyFolder();
  for (const file of ['package.json', 'tsconfig.json', 'biome.json', 'vitest.config.ts', '.gitignore'])
    cpSync(join(root, file), join(folder, file));
  cpSync(join(root, 'core'), join(folder, 'core'), {
    recursive: true,
    filter: (path) => !/core\/src\/.*\.test\.ts$|\/\.cache/.test(path),
  });
  cpSync(join(root, 'migrations/core'), join(folder, 'migrations/core'), { recursive: true });
  mkdirSync(join(folder, 'plugins'));
  mkdirSync(join(folder, 'node_modules/@troupe-os'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!['@troupe-os', '@example', '.cache'].includes(name))
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync('../../core', join(folder, 'node_modules/@troupe-os/core'));
  return folder;
}

function node(folder: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { ...process.env, NO_COLOR: '1', TROUPE_TEST_TWICE: '' } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('what new-plugin writes in a clone passes the linter, the compiler and its own tests', { timeout: 300_000 }, async () => {
  const clone = smallClone();
  const program = join(clone, 'core/src/cli/main.ts');

  // the shortest name and the longest: the lines are laid out alike
  const long = 'w'.repeat(31);
  const wrote = await node(clone, program, 'new-plugin', 'wi');
  expect(wrote).toMatchObject({ code: 0, output: expect.stringContaining("import { wiPlugin } from '@troupe-os/plugin-wi';") });
  expect(await node(clone, program, 'new-plugin', long)).toMatchObject({ code: 0 });

  expect(readdirSync(clone).filter((name) => name.startsWith('.new-plugin'))).toEqual([]);
  expect(readdirSync(join(clone, 'plugins/wi')).sort()).toEqual(['README.md', 'package.json', 'src']);
  expect(readdirSync(join(clone, 'migrations/wi'))).toEqual(['0001_init.sql']);
  const modules = join(root, 'node_modules');
  expect(await node(clone, join(modules, '@biomejs/biome/bin/biome'), 'check', 'plugins')).toMatchObject({ code: 0 });
  const types = await node(clone, join(modules, 'typescript/bin/tsc'), '-p', '.');
  expect(types.output.split('\n').filter((line) => line.startsWith('plugins/'))).toEqual([]);
  expect(await node(clone, join(modules, 'vitest/vitest.mjs'), 'run', 'plugins/wi')).toMatchObject({
    code: 0,
    output: expect.stringContaining('2 passed'),
  });
});

test('in a house of its own the plugin is one folder with its SQL inside', async () => {
  const house = emptyFolder();

  const { code, output } = await node(house, main, 'new-plugin', 'wishes');

  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('npm install ./wishes') });
  expect(readdirSync(join(house, 'wishes')).sort()).toEqual(['README.md', 'migrations', 'package.json', 'src']);
});

test('a bad name and a taken one are refused, and nothing is written', async () => {
  const house = emptyFolder();
  mkdirSync(join(house, 'shelf'));

  for (const words of [['Wishes'], ['wish-list'], ['w'], ['core'], ['../up'], [], ['one', 'two'], ['wishes', '--force']])
    expect(await node(house, main, 'new-plugin', ...words), words.join(' ')).toMatchObject({ code: 2 });
  for (const taken of ['shelf', 'books'])
    expect(await node(house, main, 'new-plugin', taken), taken).toMatchObject({
      code: 1,
      output: expect.stringContaining('nothing was written'),
    });

  expect(readdirSync(house).sort()).toEqual(['shelf', 'troupe.config.js']);
  expect(existsSync(join(house, 'shelf/src'))).toBe(false);
});
