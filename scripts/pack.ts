// `node scripts/pack.ts [--out FOLDER] [WORKSPACE …]`: what is published, as tarballs. Node refuses TypeScript inside node_modules, so
// a published package carries JavaScript and declarations in dist/, and its SQL in migrations/.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const root = dirname(import.meta.dirname);
const run = promisify(execFile);

/** What stands in the package.json of a workspace, as far as packing reads it. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  /** Said instead of the same fields of the workspace, in what is published. */
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

if (import.meta.main) {
  try {
    const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
    process.stdout.write(`${(await pack(values.out ?? join(root, 'dist'), positionals)).join('\n')}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Builds and packs workspaces (`core`, `plugins/ledger`; none = all that are published) into a folder. Answers the tarballs' paths, in the
 * order of the workspaces.
 */
export async function pack(out: string, workspaces: readonly string[] = []): Promise<string[]> {
  const chosen = workspaces.length > 0 ? workspaces : await publishedWorkspaces();
  await mkdir(out, { recursive: true });
  const staging = await mkdtemp(join(resolve(out), '.pack-'));
  try {
    await compile(chosen, staging);
    const folders: string[] = [];
    for (const workspace of chosen) folders.push(await assemble(workspace, staging));
    const args = ['pack', ...folders, '--pack-destination', resolve(out), '--json', '--ignore-scripts', '--loglevel=error'];
    await run('npm', args, { cwd: staging, shell: process.platform === 'win32', maxBuffer: 1e8 });
    return await Promise.all(chosen.map(async (workspace) => join(out, tarballOf(await manifestOf(workspace)))));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function publishedWorkspaces(): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob('{core,plugins/*,examples/*}/package.json', { cwd: root })) found.push(dirname(path));
  return found.sort();
}

async function manifestOf(workspace: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, workspace, 'package.json'), 'utf8'));
}

/** As npm names it: `@scope/name` of version 1 is scope-name-1.tgz. */
function tarballOf({ name, version }: Manifest): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

/** All sources in one compilation, into out/ of the staging folder. Their types are judged by `npm run check`, not here. */
async function compile(workspaces: readonly string[], staging: string): Promise<void> {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: root,
      outDir: join(staging, 'out'),
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: workspaces.map((workspace) => join(root, workspace, 'src')),
    exclude: ['**/*.test.ts', join(root, 'core/src/testing/notes')].map((path) =>
      path.startsWith('*') ? join(root, path) : path,
    ),
  };
  await writeFile(join(staging, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await run(process.execPath, [compiler, '-p', staging], { cwd: root });
  } catch (error) {
    throw new Error(`The compiler refuses:\n${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  }
}

/** A folder with all that one package ships. */
async function assemble(workspace: string, staging: string): Promise<string> {
  const folder = join(staging, 'packages', workspace);
  await mkdir(folder, { recursive: true });
  await cp(join(staging, 'out', workspace, 'src'), join(folder, 'dist'), { recursive: true });
  await nameWorkers(join(folder, 'dist'));
  for (const extra of ['README.md', 'templates']) {
    if (existsSync(join(root, workspace, extra)))
      await cp(join(root, workspace, extra), join(folder, extra), { recursive: true });
  }
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await copyMigrations(workspace, join(folder, 'migrations'));
  const manifest = published(await manifestOf(workspace));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return folder;
}

/** The compiler renames what is imported, not the files that code names for workers and other processes. */
async function nameWorkers(folder: string): Promise<void> {
  for await (const path of glob('**/*.js', { cwd: folder })) {
    const source = await readFile(join(folder, path), 'utf8');
    const renamed = source.replaceAll(/(new URL\('\.[^']+)\.ts(', import\.meta\.url\))/g, '$1.js$2');
    if (renamed !== source) await writeFile(join(folder, path), renamed);
  }
}

/** A third party's lie in its own package already; ours stand together in migrations/ of the repository, and core looks for its own by name. */
async function copyMigrations(workspace: string, target: string): Promise<void> {
  const own = join(root, workspace, 'migrations');
  const ours = join(root, 'migrations', basename(workspace));
  if (existsSync(own)) await cp(own, target, { recursive: true });
  else if (workspace === 'core') await cp(ours, join(target, 'core'), { recursive: true });
  else if (existsSync(ours)) await cp(ours, target, { recursive: true });
}

function published({ publishConfig, exports, ...manifest }: Manifest): object {
  const built = (source: string) => source.replace('./src/', './dist/').replace(/\.ts$/, '');
  return {
    ...manifest,
    engines: { node: '>=24' },
    files: ['dist', 'migrations', 'templates'],
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, source]) => [name, { types: `${built(source)}.d.ts`, default: `${built(source)}.js` }]),
    ),
    ...publishConfig,
  };
}
