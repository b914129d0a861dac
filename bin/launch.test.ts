import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const clones: string[] = [];
afterEach(async () => {
  for (const clone of clones.splice(0)) await rm(clone, { recursive: true });
});

const commandLine = `
const [verb, code] = process.argv.slice(2);
if (verb === 'wait') process.once('SIGTERM', () => process.exit(7));
console.log(JSON.stringify(process.argv.slice(2)));
if (verb === 'wait') setInterval(() => {}, 1000);
if (verb === 'exit') process.exit(Number(code));
if (verb === 'die') process.kill(process.pid, 'SIGKILL');
`;

const lockfile = {
  name: 'house',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: {
    '': { name: 'house', version: '1.0.0', workspaces: ['core'] },
    core: { version: '1.0.0' },
    'node_modules/core': { resolved: 'core', link: true },
  },
};

/** A clone in which nothing is installed. Its only package lies beside it, so that installing asks nobody. */
async function freshClone() {
  const clone = await realpath(await mkdtemp(join(tmpdir(), 'launch-')));
  clones.push(clone);
  await mkdir(join(clone, 'bin'));
  await mkdir(join(clone, 'core/src/cli'), { recursive: true });
  await copyFile(new URL('launch.mjs', import.meta.url), join(clone, 'bin/launch.mjs'));
  await writeFile(join(clone, 'core/src/cli/main.ts'), commandLine);
  await writeFile(join(clone, 'core/package.json'), '{"name":"core","version":"1.0.0"}');
  await writeFile(join(clone, 'package.json'), '{"name":"house","version":"1.0.0","workspaces":["core"]}');
  await writeFile(join(clone, 'package-lock.json'), JSON.stringify(lockfile));
  return clone;
}

function launch(clone: string, ...words: string[]) {
  const child = spawn(process.execPath, [join(clone, 'bin/launch.mjs'), ...words], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ ...said, code, signal }));
  return { child, ended };
}

test('the first command installs, and the next one does not', async () => {
  const clone = await freshClone();

  expect(await launch(clone, 'run', 'two words').ended).toMatchObject({
    out: '["run","two words"]\n',
    err: 'installing (first time only) …\n',
    code: 0,
  });
  expect(await launch(clone, 'exit', '3').ended).toMatchObject({ err: '', code: 3 });
});

test('a changed lockfile installs again', async () => {
  const clone = await freshClone();
  await launch(clone, 'run').ended;
  await writeFile(join(clone, 'package-lock.json'), JSON.stringify(lockfile, undefined, 2));

  expect((await launch(clone, 'run').ended).err).toBe('installing (the packages changed) …\n');
});

test('of two commands at once in a fresh clone one installs and the other waits for it', async () => {
  const clone = await freshClone();

  const both = await Promise.all([launch(clone, 'run').ended, launch(clone, 'run').ended]);

  expect(both.map((one) => one.code)).toEqual([0, 0]);
  expect(both.map((one) => one.err).sort()).toEqual([
    'installing (first time only) …\n',
    'waiting for another process that installs here …\n',
  ]);
});

test('an install that was killed does not stop the next one', async () => {
  const clone = await freshClone();
  const gone = launch(await freshClone(), 'run');
  await gone.ended;
  await writeFile(join(clone, '.install.lock'), String(gone.child.pid));

  expect(await launch(clone, 'run').ended).toMatchObject({ err: 'installing (first time only) …\n', code: 0 });
});

test('a failed install is one clear line and the last words of npm, and is tried again', async () => {
  const clone = await freshClone();
  await writeFile(join(clone, 'package-lock.json'), '{}');

  for (const _ of ['first', 'second']) {
    const { err, out, code } = await launch(clone, 'run').ended;
    expect(err).toMatch(/\nThe packages could not be installed: npm ended with 1 and said:\n(.|\n)*npm error/);
    expect({ out, code }).toEqual({ out: '', code: 1 });
  }
});

test('the program runs under the Node among the packages, whether npm has linked it or not', async () => {
  const clone = await freshClone();
  const name = `node-${process.platform}-${process.arch}`;
  await mkdir(join(clone, 'core/bin'));
  await writeFile(join(clone, 'core/bin/node'), `#!/bin/sh\necho "under ours"\nexec '${process.execPath}' "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(join(clone, 'core/package.json'), JSON.stringify({ name, version: '1.0.0' }));
  await writeFile(
    join(clone, 'package-lock.json'),
    JSON.stringify(lockfile).replace('node_modules/core', `node_modules/${name}`),
  );

  expect(await launch(clone, 'run').ended).toMatchObject({ out: 'under ours\n["run"]\n', code: 0 });
});

test('a signal reaches the program, and the way it ends is passed on', async () => {
  const clone = await freshClone();
  const waiting = launch(clone, 'wait');
  await once(waiting.child.stdout, 'data');

  waiting.child.kill('SIGTERM');

  expect(await waiting.ended).toMatchObject({ code: 7 });
  expect(await launch(clone, 'die').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('a program that npm started ends with npm’s shell, which hands no signal on', async () => {
  const clone = await freshClone();
  await launch(clone, 'run').ended;
  const env = { ...process.env, npm_lifecycle_event: 'start' };
  const shell = spawn('sh', ['-c', `'${process.execPath}' bin/launch.mjs wait; :`], {
    cwd: clone,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(shell.stdout, 'data');

  shell.kill('SIGKILL');

  await once(shell.stdout, 'close'); // the program held it open
});
