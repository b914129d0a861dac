// `npm run check`: everything about the source that a machine can judge without running the house.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findings } from './checks/source-rules.ts';

interface Check {
  readonly name: string;
  /** A command line for the repository's root, or a function that says what it found; no words = nothing wrong. */
  readonly run: readonly string[] | (() => Promise<readonly string[]>);
}

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

const root = dirname(import.meta.dirname);
const cruised = [
  'core',
  'plugins',
  'agents',
  'mcp-servers',
  'bots',
  'web',
  'examples',
  'scripts',
  'bin',
  'test',
  'troupe.config.ts',
];

// the long ones first, so that the short ones fill the other core
const checks: readonly Check[] = [
  { name: 'types', run: ['tsc', '-p', 'tsconfig.json'] },
  ...(existsSync(join(root, 'web/src'))
    ? [{ name: 'types of the web', run: ['npm', 'run', 'check', '--silent', '--workspace', 'web'] }]
    : []),
  { name: 'entries load in plain Node', run: ['node', 'scripts/checks/import-entries.ts'] },
  { name: 'the command line answers', run: ['node', 'core/src/cli/main.ts', '--help'] },
  { name: 'format and lint', run: ['biome', 'check', '--colors=off'] },
  {
    name: 'who imports whom',
    run: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      ...cruised.filter((path) => existsSync(join(root, path))),
    ],
  },
  { name: 'rules of the source', run: () => findings(root) },
];

process.exitCode = (await runAll(checks)) ? 0 : 1;

/** Runs the checks, as many at a time as there are cores, and says of each how it went. Returns whether all passed. */
async function runAll(waiting: readonly Check[]): Promise<boolean> {
  const queue = [...waiting];
  let allPassed = true;
  const work = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const startedAt = performance.now();
      const { passed, output } = await runOne(check);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${check.name.padEnd(30)} ${seconds.padStart(6)} s\n`);
      if (passed) continue;
      allPassed = false;
      process.stdout.write(`${output.trim().replace(/^/gm, '       ')}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return allPassed;
}

async function runOne({ run }: Check): Promise<Outcome> {
  if (typeof run !== 'function') return runCommand(run);
  try {
    const found = await run();
    return { passed: found.length === 0, output: found.join('\n') };
  } catch (error) {
    return { passed: false, output: String(error) };
  }
}

function runCommand([command = '', ...args]: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ passed: false, output: `${command} does not start: ${error.message}` }));
    child.on('close', (code, signal) =>
      resolve({ passed: code === 0, output: `${output}\n${signal ? `ended by ${signal}` : ''}` }),
    );
  });
}
