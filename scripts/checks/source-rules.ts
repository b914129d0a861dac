// Rules of the repository that no tool knows: one function a rule, each answering with a sentence for every breach.
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const megabyte = 1_000_000;

/** What breaks a rule in the repository under `root`: all files that git knows or would take in. */
export async function findings(root: string): Promise<string[]> {
  const files = await repositoryFiles(root);
  const found = [checkLockfile(await readFile(join(root, 'package-lock.json'), 'utf8'))];
  for (const path of files) {
    const { size } = await stat(join(root, path));
    found.push(checkSize(path, size));
    if (/\.(?:ts|js|mjs|svelte)$/.test(path)) found.push(checkTransactions(path, await readFile(join(root, path), 'utf8')));
  }
  return found.flat();
}

/** A lockfile names versions and hashes and no place to download from, so that it installs from any registry. */
export function checkLockfile(lockfile: string): string[] {
  return lockfile
    .split('\n')
    .flatMap((line, index) =>
      /"resolved":\s*"[a-z+]+:/.test(line)
        ? [`package-lock.json:${index + 1}: a download address. Install with .npmrc in place (omit-lockfile-registry-resolved).`]
        : [],
    );
}

/** A large file stays in a repository's history for ever. */
export function checkSize(path: string, bytes: number): string[] {
  return bytes > megabyte ? [`${path}: ${bytes} bytes. Make it by code, or keep files under ${megabyte} bytes.`] : [];
}

/** Only the kernel, its sealed log and the database's own modules open transactions; a test may, an attack, and what a bench compares the kernel with. */
export function checkTransactions(path: string, source: string): string[] {
  if (/^core\/src\/(?:kernel|db|seal)\/|^test\/|\/testing\/|\.test\.ts$|^scripts\/(?:checks|bench|torture)\//.test(path))
    return [];
  return source
    .split('\n')
    .flatMap((line, index) =>
      line.includes('.transaction(')
        ? [`${path}:${index + 1}: only the kernel opens a transaction. A handler is inside one already: use ctx.db.`]
        : [],
    );
}

async function repositoryFiles(root: string): Promise<string[]> {
  const deleted = new Set(await listFiles(root, '--deleted'));
  const all = await listFiles(root, '--cached', '--others', '--exclude-standard');
  return all.filter((path) => !deleted.has(path));
}

async function listFiles(root: string, ...which: string[]): Promise<string[]> {
  // a clone in a container often belongs to another user, and git would refuse to read it
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z', ...which];
  const { stdout } = await promisify(execFile)('git', args, { cwd: root, maxBuffer: 64 * megabyte });
  return stdout.split('\0').filter((path) => path !== '');
}
