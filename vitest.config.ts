import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The browser's tests need chromium, so they run alone and when asked for: TROUPE_TEST_BROWSER=1 npm test.
const inBrowser = Boolean(process.env.TROUPE_TEST_BROWSER);
const everywhere = '{core,plugins,agents,mcp-servers,bots,web,examples,scripts,bin,test}/**/*.test.ts';
const never = ['**/node_modules/**', '**/build/**', '**/dist/**', '**/.svelte-kit/**'];

// What knows of no database, or of the embedded one alone, and how a server is started: it would be the same once more on a server.
const sameOnPostgres = [
  '**/*.pglite.test.ts',
  'bin/**',
  'web/src/**',
  'scripts/{*,!(evals)/**/*}.test.ts',
  'core/src/{cli/new-plugin,embeddings/*,egress/*,objects/*,observe/*}.test.ts',
  'mcp-servers/src/command.test.ts',
  'plugins/assets/src/media/**',
  'test/{third-party,start,command-line}.test.ts',
];
// What works through the kernel alone, and is left to the server where both databases are tested one after the other (.ci/run).
const sameEmbedded = [
  'plugins/*/src/**/!(*media|audio|image|sniff|describe).test.ts',
  'core/src/{http,seal}/**/*.test.ts',
  'core/src/kernel/{authorize,call-limits,storable}.test.ts',
  'core/src/paging.test.ts',
  '{agents,bots}/src/**/*.test.ts',
  'mcp-servers/src/{away,client}.test.ts',
  'scripts/evals/**',
  'test/{audit,audit-chain,atomicity,erasure,oauth,approvals-of-people,mcp-approvals,rules,runs,roster,tasks,memory,private-words,taint,outside-servers,story-*}.test.ts',
  'test/{tour,production,every-path,every-page,viewer-and-finance,browsers}.test.ts',
];
const isTwice = Boolean(process.env.TROUPE_TEST_TWICE);
const onPostgres = process.env.TROUPE_TEST_DATABASE === 'postgres';

export default defineConfig({
  test: {
    include: [inBrowser ? 'test/e2e/**/*.test.ts' : everywhere],
    exclude: inBrowser ? never : [...never, 'test/e2e/**', ...(onPostgres ? sameOnPostgres : isTwice ? sameEmbedded : [])],
    // a process for several files, which loads the installation once: half of the CPU time. What a file has started ends with the file.
    pool: 'forks',
    isolate: false,
    globalSetup: [new URL('./core/src/testing/before-all.ts', import.meta.url).pathname],
    setupFiles: [new URL('./core/src/testing/each-file.ts', import.meta.url).pathname],
    // a test file is over before it pays to optimise the embedded database's code (14 s of CPU instead of 26 for the tests of a call)
    execArgv: ['--liftoff-only', '--import', new URL('./core/src/quick-imports.ts', import.meta.url).href],
    unstubEnvs: true,
    maxWorkers: Math.min(availableParallelism(), 4),
    // only what hangs is to fail by these: machines differ by a factor of five
    testTimeout: 180_000,
    hookTimeout: 300_000,
    reporters: ['default'],
  },
});
