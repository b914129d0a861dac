// Builds the web where its build is missing or older than its sources. A build that is there costs a hash of about a hundred files.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { webErrors } from './errors.ts';

const SOURCES = ['src', 'static', 'package.json', 'tsconfig.json', 'vite.config.ts'];
const ASK_AGAIN_MS = 200;

/**
 * Answers the built handler's path once it belongs to the sources in `folder`. Several processes may ask at once: one builds.
 * Errors: web.build_failed.
 */
export async function freshBuild(folder: string): Promise<string> {
  const handler = join(folder, 'build', 'handler.js');
  if (!existsSync(join(folder, 'src'))) return handler;
  const wanted = hashOf(folder);
  if (await isBuilt(folder, wanted)) return handler;
  const release = await takeTurn(join(folder, '.building'));
  try {
    if (!(await isBuilt(folder, wanted))) await build(folder, wanted);
  } finally {
    await release();
  }
  return handler;
}

async function build(folder: string, hash: string): Promise<void> {
  process.stderr.write('building the web (first time only) …\n');
  const vite = join(dirname(createRequire(join(folder, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    process.stderr.write(Buffer.concat(said));
    throw webErrors.build_failed({ code });
  }
  await writeFile(stampOf(folder), hash);
}

const stampOf = (folder: string) => join(folder, 'build', 'stamp');

async function isBuilt(folder: string, hash: string): Promise<boolean> {
  return existsSync(stampOf(folder)) && (await readFile(stampOf(folder), 'utf8')) === hash;
}

/** Reads one after the other and at once: for files as small as these the thread pool costs more than the disk. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((name) => filesUnder(folder, name))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(folder, path)));
  }
  return hash.digest('hex');
}

function filesUnder(folder: string, path: string): string[] {
  if (path.includes('.')) return [path];
  return readdirSync(join(folder, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Waits until no living process builds here, then is the one that does. */
async function takeTurn(lock: string): Promise<() => Promise<void>> {
  for (;;) {
    const mine = await open(lock, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (mine) {
      await mine.writeFile(String(process.pid));
      await mine.close();
      return () => rm(lock, { force: true });
    }
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    else await wait(ASK_AGAIN_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // somebody else's process: it lives
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
