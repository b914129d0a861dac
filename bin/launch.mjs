#!/usr/bin/env node
// What stands behind `npm start`, `npm test`, `npm run …` and `npx troupe`. Any Node from 18 on runs it: it installs what the
// lockfile asks for and goes on under the Node that came with it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.troupe-lock');
const installLock = join(root, '.install.lock');
const onWindows = process.platform === 'win32';
const neededMajor = 24;

// The repository's own tools, which run in its root; every other word belongs to the command line.
const tools = new Map([
  ['test', [join(modules, 'vitest/vitest.mjs'), 'run']],
  ['check', [join(root, 'scripts/check.ts')]],
  ['bench', [join(root, 'scripts/bench.ts')]],
  ['torture', [join(root, 'scripts/torture.ts')]],
  ['evals', [join(root, 'scripts/evals.ts')]],
  ['pack', [join(root, 'scripts/pack.ts')]],
]);

await install();
await launch(process.argv.slice(2));

async function launch(words) {
  const tool = tools.get(words[0]);
  const args = tool ? [...tool, ...words.slice(1)] : [join(root, 'core/src/cli/main.ts'), ...words];
  const env = {
    NODE_COMPILE_CACHE: join(modules, '.cache/compile'),
    ...process.env,
    PATH: join(modules, '.bin') + delimiter + process.env.PATH,
    TROUPE_T0: String(Math.round(performance.timeOrigin)),
  };
  const options = { env, stdio: 'inherit', ...(tool ? { cwd: root } : {}) };
  let ended = existsSync(installedNode()) ? await run(installedNode(), args, options) : undefined;
  // npm may have no Node for this system, or one that its C library cannot load
  if (!ended || ended.error) {
    if (Number.parseInt(process.versions.node, 10) < neededMajor) {
      fail(
        `Troupe OS needs Node ${neededMajor}, and npm has none for this system. This is ${process.version}: install Node ${neededMajor}.`,
      );
    }
    ended = await run(process.execPath, args, options);
  }
  endLike(ended);
}

function installedNode() {
  return onWindows ? join(modules, `node-win-${process.arch}/bin/node.exe`) : join(modules, '.bin/node');
}

/** Brings node_modules to the state of the lockfile; a stamp in it says for which lockfile that was done. */
async function install() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex');
  const isInstalled = () => readText(stampFile) === stamp;
  if (isInstalled()) return;
  await takeInstallLock();
  if (!isInstalled()) {
    rmSync(stampFile, { force: true });
    await installPackages();
    linkNode();
    writeFileSync(stampFile, stamp);
  }
  rmSync(installLock, { force: true });
}

async function installPackages() {
  process.stderr.write(existsSync(modules) ? 'installing (the packages changed) …\n' : 'installing (first time only) …\n');
  const flags = [
    '--ignore-scripts', // no package that we use needs its install script
    '--include=dev', // NODE_ENV=production and a user's own settings would leave these out, and Node is among them
    '--include=optional',
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const ended = await run('npm', ['ci', ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows });
  if (ended.code === 0) return;
  rmSync(installLock, { force: true });
  if (ended.signal) endLike(ended);
  const reason = ended.error ? `npm does not start (${ended.error.code}).` : `npm ended with ${ended.code} and said:`;
  fail(`The packages could not be installed: ${reason}\n${ended.output.trim().split('\n').slice(-15).join('\n')}`);
}

/** The packages of Node for other systems have a bin of the same name, and npm 10 takes the link away when it removes them. */
function linkNode() {
  const link = join(modules, '.bin/node');
  if (onWindows || existsSync(link)) return;
  const system = `${process.platform}-${process.arch}`;
  const owner = [`node-${system}`, `node-bin-${system}`].find((name) => existsSync(join(modules, name, 'bin/node')));
  if (!owner) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('..', owner, 'bin/node'), link);
}

/** Returns once this process alone installs here. The lock of a process that is gone (killed, or the machine stopped) counts for nothing. */
async function takeInstallLock() {
  for (let hasWaited = false; ; hasWaited = true) {
    try {
      writeFileSync(installLock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(`The packages could not be installed: this folder cannot be written to (${error.code}): ${root}`);
    }
    if (isStale(installLock)) rmSync(installLock, { force: true });
    else if (!hasWaited) process.stderr.write('waiting for another process that installs here …\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isStale(lock) {
  const holder = Number(readText(lock));
  // its owner has made the file and not yet written the number
  if (!holder) return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5_000;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Runs a program to its end, hands this process's signals on to it, and collects what it says where its streams are pipes. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    const forwards = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      // a terminal sends its ^C to the child too, and twice would mean "at once"
      const forward = () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
      process.on(signal, forward);
      return () => process.off(signal, forward);
    });
    // the shell between npm and this process dies of a signal without handing it on: once it is gone, nobody waits for us
    const parent = process.ppid;
    const watch = process.env.npm_lifecycle_event && setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 250);
    const settle = (result) => {
      clearInterval(watch);
      for (const stop of forwards) stop();
      resolve({ output, ...result });
    };
    child.on('error', (error) => settle({ error }));
    child.on('close', (code, signal) => settle({ code, signal }));
  });
}

/** Ends this process as the child ended: with its exit code, or by its signal. */
function endLike({ code, signal, error }) {
  if (error) fail(`Node does not start (${error.code}).`);
  if (signal) process.kill(process.pid, signal);
  process.exit(code ?? 1);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
