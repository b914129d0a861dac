// `troupe new-plugin NAME`: a plugin that works, to be changed into yours. What it copies is core/templates/plugin.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { houseErrors } from '../errors.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords, UsageError } from './words.ts';

const TEMPLATE = new URL('../../templates/plugin/', import.meta.url);
const CORE_MANIFEST = new URL('../../package.json', import.meta.url);
/** Ids whose Postgres schema belongs to somebody else. */
const TAKEN_IDS: readonly string[] = ['core', 'queue', 'public'];

/** What is written where, relative to the installation's folder. */
interface Plan {
  readonly packageName: string;
  readonly folder: string;
  readonly migrations: string;
  readonly inClone: boolean;
}

export async function newPlugin(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { positionals } = parseWords({ args: [...words], options: {}, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('Say one name: troupe new-plugin NAME');
  if (!/^[a-z][a-z0-9]{1,30}$/.test(name))
    throw new UsageError(`"${name}" is no name of a plugin: 2 to 31 lower-case letters and digits, a letter first.`);
  if (TAKEN_IDS.includes(name)) throw new UsageError(`"${name}" is taken: choose another name.`);

  const plan = planFor(name, found.root);
  await assertFree(name, plan, found);
  await writePlugin(name, plan, found.root);
  process.stdout.write(nextSteps(name, plan, found.root));
  return 0;
}

/** In a clone the plugin stands among ours, and its SQL among theirs; in a house of its own all of it is in one folder. */
function planFor(name: string, root: string): Plan {
  const inClone = existsSync(join(root, 'plugins')) && existsSync(join(root, 'migrations/core'));
  return inClone
    ? { packageName: `@troupe-os/plugin-${name}`, folder: `plugins/${name}`, migrations: `migrations/${name}`, inClone }
    : { packageName: `troupe-plugin-${name}`, folder: name, migrations: `${name}/migrations`, inClone };
}

async function assertFree(name: string, { folder, migrations }: Plan, { root, load }: FoundInstallation): Promise<void> {
  const there = [folder, migrations].find((path) => existsSync(join(root, path)));
  if (there) throw houseErrors.plugin_exists({ folder: join(root, there) });
  if ((await load()).plugins.some(({ id }) => id === name)) throw houseErrors.plugin_exists({ plugin: name });
}

/** Written beside its place first, and moved there when it is whole. */
async function writePlugin(name: string, { packageName, folder, migrations, inClone }: Plan, root: string): Promise<void> {
  const draft = await mkdtemp(join(root, '.new-plugin-'));
  try {
    await cp(TEMPLATE, draft, { recursive: true });
    for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      await writeFile(path, renamed(await readFile(path, 'utf8'), name));
    }
    await writeFile(join(draft, 'package.json'), await manifestOf(name, packageName));
    await mkdir(dirname(join(root, folder)), { recursive: true });
    if (inClone) await rename(join(draft, 'migrations'), join(root, migrations));
    await rename(draft, join(root, folder));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (inClone) await rm(join(root, migrations), { recursive: true, force: true });
    throw error;
  }
}

function renamed(text: string, name: string): string {
  return text.replaceAll('sample', name).replaceAll('Sample', name.charAt(0).toUpperCase() + name.slice(1));
}

/** It asks for the very versions that core has, so that both share one drizzle and one zod. */
async function manifestOf(name: string, packageName: string): Promise<string> {
  const core = JSON.parse(await readFile(CORE_MANIFEST, 'utf8')) as { version: string; dependencies: Record<string, string> };
  const manifest = {
    name: packageName,
    version: '0.1.0',
    description: `The plugin ${name}.`,
    license: 'MIT',
    type: 'module',
    exports: { '.': './src/index.ts', './contract': './src/contract.ts' },
    dependencies: {
      '@troupe-os/core': core.version,
      'drizzle-orm': core.dependencies['drizzle-orm'],
      zod: core.dependencies.zod,
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function nextSteps(name: string, { packageName, folder, migrations, inClone }: Plan, root: string): string {
  const config = ['troupe.config.ts', 'troupe.config.js', 'troupe.config.mjs'].find((file) => existsSync(join(root, file)));
  const [install, tryIt, start] = inClone
    ? ['npm install', `npm test -- ${name}`, 'npm start']
    : [
        `npm install ./${folder}`,
        `npm install --save-dev vitest && npx vitest run ${folder} --testTimeout=30000`,
        'npx troupe start',
      ];
  return `wrote ${inClone ? `${folder} and ${migrations}` : folder}

next, in ${root}:
  1. ${install}
  2. in ${config}:
       import { ${name}Plugin } from '${packageName}';
       plugins: [..., ${name}Plugin],
  3. ${tryIt}
  4. ${start}, and beside it: npx troupe run ${name}.add-item title="A first item"
`;
}
