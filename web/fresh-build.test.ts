// A stand-in for vite writes a handler and counts how often it was asked: what is tested is when we ask.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshBuild } from './fresh-build.ts';

const BUILDER = `const fs = require('node:fs');
fs.mkdirSync('build', { recursive: true });
fs.writeFileSync('build/handler.js', '');
fs.appendFileSync('times', 'x');
process.exit(fs.readFileSync('src/page', 'utf8') === 'broken' ? 1 : 0);`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-build-'));
  const vite = join(folder, 'node_modules', 'vite');
  for (const path of [join(vite, 'bin'), join(folder, 'src'), join(folder, 'static')]) await mkdir(path, { recursive: true });
  await writeFile(join(vite, 'package.json'), '{ "name": "vite" }');
  await writeFile(join(vite, 'bin', 'vite.js'), BUILDER);
  for (const name of ['package.json', 'tsconfig.json', 'vite.config.ts']) await writeFile(join(folder, name), '{}');
  await writeFile(join(folder, 'src', 'page'), 'one');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const times = async () => (await readFile(join(folder, 'times'), 'utf8')).length;

test('what is missing is built once, however many ask, and not again while nothing changes', async () => {
  const [handler, same] = await Promise.all([freshBuild(folder), freshBuild(folder)]);
  await freshBuild(folder);

  expect(handler).toBe(join(folder, 'build', 'handler.js'));
  expect(same).toBe(handler);
  expect(await times()).toBe(1);
});

test('a changed source is built again, also after a builder that was killed', async () => {
  await freshBuild(folder);
  await writeFile(join(folder, 'src', 'page'), 'two');
  await writeFile(join(folder, '.building'), '999999999');

  await freshBuild(folder);
  expect(await times()).toBe(2);
});

test('a build that fails is an error, and is tried again', async () => {
  await writeFile(join(folder, 'src', 'page'), 'broken');

  await expect(freshBuild(folder)).rejects.toMatchObject({ code: 'web.build_failed' });
  await expect(freshBuild(folder)).rejects.toMatchObject({ code: 'web.build_failed' });
  expect(await times()).toBe(2);
});
