import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = dirname(import.meta.dirname);

/** The rules that these files break, each as "file: rule". */
async function brokenRules(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rules-'));
  try {
    for (const [path, source] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), source);
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'tsconfig.json'), '{}');
    const args = [
      join(root, 'node_modules/.bin/depcruise'),
      '--config',
      join(root, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      '.',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1e8 });
    const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(stdout);
    return report.summary.violations.map((violation) => `${violation.from}: ${violation.rule.name}`).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const house = {
  'core/src/index.ts': "export { run } from './kernel/run.ts';\n",
  'core/src/contract.ts': 'export const definePort = () => {};\n',
  'core/src/kernel/run.ts': "import PgBoss from 'pg-boss';\nexport const run = () => new PgBoss('');\n",
  'plugins/ledger/src/contract.ts':
    "import { definePort } from '../../../core/src/contract.ts';\nimport { z } from 'zod';\nexport const port = [definePort, z];\n",
  'plugins/ledger/src/entries.ts': "import { run } from '../../../core/src/index.ts';\nexport const entries = run;\n",
  'plugins/market/src/buy.ts': "import { port } from '../../ledger/src/contract.ts';\nexport const buy = port;\n",
  'plugins/market/src/buy.test.ts': "import { entries } from '../../ledger/src/entries.ts';\nentries();\n",
  'agents/src/run.ts': "import { port } from '../../plugins/ledger/src/contract.ts';\nexport const agent = port;\n",
  'bots/src/loop.ts': "import { agent } from '../../agents/src/run.ts';\nexport const loop = agent;\n",
  'mcp-servers/src/http.ts': 'export const http = 1;\n',
  'web/src/routes/page.ts': "import type { run } from '../../../core/src/index.ts';\nexport type Run = typeof run;\n",
  'troupe.config.ts':
    "import { loop } from './bots/src/loop.ts';\nimport { buy } from './plugins/market/src/buy.ts';\nexport default [loop, buy];\n",
};

test('a house in which everybody imports what they may breaks no rule', async () => {
  expect(await brokenRules(house)).toEqual([]);
});

test('each import that goes the wrong way is found, by the rule that says the right one', async () => {
  const planted: Record<string, [source: string, rule: string]> = {
    'core/src/planted.ts': ["import '../../troupe.config.ts';", 'core-knows-nobody'],
    'plugins/market/src/planted-core.ts': ["import '../../../core/src/kernel/run.ts';", 'core-is-reached-by-its-entries'],
    'plugins/market/src/planted-plugin.ts': ["import '../../ledger/src/entries.ts';", 'plugins-meet-at-contracts'],
    'plugins/market/src/planted-surface.ts': ["import '../../../mcp-servers/src/http.ts';", 'plugins-know-no-surface'],
    'plugins/market/src/contract.ts': ["import { run } from '../../../core/src/index.ts';\nrun();", 'contracts-are-light'],
    'plugins/market/src/planted-queue.ts': ["import 'pg-boss';", 'the-queue-is-cores'],
    'agents/src/planted-plugin.ts': ["import '../../plugins/ledger/src/entries.ts';", 'others-meet-plugins-at-contracts'],
    'agents/src/planted-surface.ts': ["import '../../mcp-servers/src/http.ts';", 'surfaces-stand-alone'],
    'bots/src/planted-surface.ts': ["import '../../mcp-servers/src/http.ts';", 'bots-know-agents-alone'],
    'mcp-servers/src/planted-database.ts': ["import 'drizzle-orm';", 'surfaces-open-no-database'],
    'web/src/routes/planted.ts': [
      "import { run } from '../../../core/src/index.ts';\nrun();",
      'the-browser-takes-only-types-from-core',
    ],
    'core/src/kernel/circle.ts': ["import './other-half.ts';", 'no-circles'],
    'mcp-servers/src/planted-nothing.ts': ["import './nothing.ts';", 'imports-resolve'],
  };
  const otherHalf = { 'core/src/kernel/other-half.ts': "import './circle.ts';" };
  const sources = Object.fromEntries(Object.entries(planted).map(([path, [source]]) => [path, source]));

  const expected = Object.entries(planted).map(([path, [, rule]]) => `${path}: ${rule}`);
  expect(await brokenRules({ ...house, ...sources, ...otherHalf })).toEqual(expected.sort());
});
