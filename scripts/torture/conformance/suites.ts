// Runs one of the official suites against an address, and reads what it found.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Status = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';

export interface Check {
  readonly id: string;
  readonly status: Status;
  readonly errorMessage?: string;
}

export interface Suite {
  /** What it is called in tables. */
  readonly name: string;
  readonly wire: '2025-11-25' | '2026-07-28';
  /** The package as package.json names it. */
  readonly package: string;
  readonly words: readonly string[];
  /** Scenarios that it runs and does not count: extensions, and what came after the revision. */
  readonly beside: readonly string[];
}

const find = createRequire(import.meta.url);

const requirementsOf = (wire: Suite['wire']): Suite => ({
  name: '0.2.0-alpha.12',
  wire,
  package: 'mcp-conformance-2026',
  words: ['--requirements', wire],
  beside: notCounted(readFileSync(find.resolve(`mcp-conformance-2026/requirements/${wire}.yaml`), 'utf8')),
});

export const SUITES: readonly Suite[] = [
  { name: '0.1.16', wire: '2025-11-25', package: 'mcp-conformance-2025', words: [], beside: [] },
  requirementsOf('2025-11-25'),
  requirementsOf('2026-07-28'),
];

/** The scenarios under `not_scored`, which alone are written so in these files. */
function notCounted(requirements: string): string[] {
  return [...requirements.matchAll(/^ {2}- scenario: (\S+)$/gm)].map(([, name = '']) => name);
}

const FOLDER = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

/** The checks of each scenario that the suite ran, by the scenario's name. */
export async function runSuite(suite: Suite, address: string): Promise<ReadonlyMap<string, readonly Check[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-conformance-'));
  try {
    const program = find.resolve(`${suite.package}/dist/index.js`);
    const child = spawn(process.execPath, [program, 'server', '--url', address, '-o', folder, ...suite.words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
    });
    const said = await Promise.all([text(child.stdout), text(child.stderr)]);
    const found = new Map<string, readonly Check[]>();
    for (const name of (await readdir(folder)).sort()) {
      const scenario = FOLDER.exec(name)?.[1];
      if (scenario) found.set(scenario, JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8')) as Check[]);
    }
    if (found.size === 0) throw new Error(`The suite ${suite.package} ran nothing: ${said.join('\n').slice(0, 2_000)}`);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
