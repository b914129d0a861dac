// Imports whatever others import from us, in plain Node: it refuses syntax that the test runner and the type checker accept.
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = dirname(dirname(import.meta.dirname));
let failures = 0;

for (const path of await entries()) {
  try {
    await import(pathToFileURL(join(root, path)).href);
  } catch (error) {
    failures += 1;
    process.stderr.write(`${path}: ${describe(error)}\n`);
  }
}
// what an entry keeps open must not keep this program
process.exit(failures === 0 ? 0 : 1);

/** The error with the lines of its stack that are not Node's own: a syntax error's begins with the file that has it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message).split('\n');
  return lines.filter((line) => !/^ +at .*node:/.test(line)).join('\n');
}

/** The files behind the exports of each workspace and each example, and the installation itself. */
async function entries(): Promise<string[]> {
  const manifest: { workspaces: string[] } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const found: string[] = [];
  const manifests = [...manifest.workspaces, 'examples/*'].map((workspace) => `${workspace}/package.json`);
  for await (const path of glob(manifests, { cwd: root })) found.push(...(await exportsOf(path)));
  for await (const path of glob('troupe.config.ts', { cwd: root })) found.push(path);
  return found.sort();
}

async function exportsOf(path: string): Promise<string[]> {
  const { exports = {} }: { exports?: Record<string, string> } = JSON.parse(await readFile(join(root, path), 'utf8'));
  // test helpers register themselves with the test runner, which is there only in a test
  return Object.entries(exports).flatMap(([name, file]) => (name === './testing' ? [] : [join(dirname(path), file)]));
}
