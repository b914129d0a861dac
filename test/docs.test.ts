// What the pages name is there: files, links, commands, scripts, actions.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { newFolder, repository, troupe } from './servers.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/**/*.md', { cwd: repository }),
  ...globSync('{plugins/*,examples/*,agents,bots,mcp-servers,web,core/templates/plugin}/README.md', { cwd: repository }),
];
const textOf = (page: string) => readFileSync(join(repository, page), 'utf8');
const topFolders = readdirSync(repository, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));

const SOURCE_FILE = /^(?:[\w@.-]+\/)*[\w.-]*\w\.(?:ts|md|mjs|cjs|sql|json|svelte)$/;
/** What no clone has: a running house writes it, or a client keeps it in a folder of its own. */
const ELSEWHERE = ['server.json', '.mcp.json', 'outside-tools.lock.json'];
/** The page whose reader writes a plugin of this name: its files are not here. */
const OWN_PLUGIN = { page: 'docs/write-a-plugin.md', name: 'wishes' };

/** The page whose reader adds an outside server of this name: its actions are not here. */
const OUTSIDE = { page: 'mcp-servers/README.md', name: 'weather' };

/** Every `…` of the page's text; blocks of code are no text. */
function quotedIn(page: string): string[] {
  const text = textOf(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, quoted = '']) => quoted);
}

/** All that the pages say after these words, each once, with the page that says it. */
function saidAfter(words: RegExp): { page: string; said: string }[] {
  const found = pages.flatMap((page) => [...textOf(page).matchAll(words)].map(([, said = '']) => ({ page, said })));
  const isReaders = ({ page, said }: (typeof found)[number]) =>
    [OWN_PLUGIN, OUTSIDE].some((own) => page === own.page && said.startsWith(own.name));
  return found.filter((one) => !isReaders(one));
}

test('each file that a page names exists', () => {
  const names = globSync('{*,{core,plugins,agents,mcp-servers,bots,web,examples,scripts,bin,test,docs}/**/*}', {
    cwd: repository,
    exclude: (path) => ['node_modules', 'build', 'dist', '.svelte-kit'].includes(basename(path)),
  }).map((path) => basename(path));
  const files = new Set(names);
  const isThere = (page: string, path: string) => {
    if (existsSync(join(repository, path)) || existsSync(join(repository, dirname(page), path))) return true;
    if (page === OWN_PLUGIN.page) return path.includes(OWN_PLUGIN.name) || !topFolders.includes(path.split('/')[0] ?? '');
    return !path.includes('/') && (files.has(path) || ELSEWHERE.includes(path));
  };
  const named = pages.flatMap((page) =>
    quotedIn(page)
      .filter(
        (quoted) =>
          SOURCE_FILE.test(quoted) ||
          (/^[\w./-]+$/.test(quoted) && topFolders.includes(quoted.split('/')[0] ?? '') && quoted.includes('/')),
      )
      .map((path) => ({ page, path })),
  );

  expect(named.filter(({ page }) => page === 'docs/tour.md').length).toBeGreaterThan(20);
  expect(named.filter(({ page, path }) => !isThere(page, path))).toEqual([]);
});

test('the page of MCP names each of its files', () => {
  const sources = globSync('**/*.ts', {
    cwd: join(repository, 'mcp-servers/src'),
    exclude: ['testing/**', '**/*.test.ts', 'index.ts'],
  });
  const named = quotedIn('mcp-servers/README.md').map((quoted) => basename(quoted));

  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((path) => !named.includes(basename(path)))).toEqual([]);
});

test("a plugin's page names each method of its port", () => {
  const ports = installation.plugins.flatMap(({ id, provides = [] }) =>
    provides.map(({ port }) => ({ id, methods: port.methods })),
  );
  const unnamed = ports.flatMap(({ id, methods }) => {
    const text = textOf(`plugins/${id}/README.md`);
    return methods.filter((method) => !new RegExp(`\\b${method}\\b`).test(text)).map((method) => `${id}: ${method}`);
  });

  expect(ports.length).toBeGreaterThan(2);
  expect(unnamed).toEqual([]);
});

test('each link leads to a file', () => {
  const links = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target: target.replace(/#.*$/, '') })),
  );
  const inside = links.filter(({ target }) => target !== '' && !/^[a-z]+:/.test(target));

  expect(inside.length).toBeGreaterThan(5);
  expect(inside.filter(({ page, target }) => !existsSync(join(repository, dirname(page), target)))).toEqual([]);
});

test('each command, script and action that a page lets its reader type is there', async () => {
  const { stdout } = await troupe(['--help'], { home: join(newFolder(), 'home') });
  const commands = [...stdout.matchAll(/^ {2}([a-z-]+)/gm)].map(([, command]) => command);
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const actions = installation.plugins.flatMap((plugin) => plugin.actions.map(({ name }) => name));

  const typed = saidAfter(/npx troupe ([a-z][a-z-]*)/g);
  expect(typed.length).toBeGreaterThan(8);
  expect(typed.filter(({ said }) => !commands.includes(said))).toEqual([]);
  expect(saidAfter(/npm (?:run )?(start|test|(?<=run )[\w:-]+)/g).filter(({ said }) => !scripts[said])).toEqual([]);
  expect(saidAfter(/troupe run ([a-z]+\.[a-z-]+)/g).filter(({ said }) => !actions.some((name) => name === said))).toEqual([]);
});
