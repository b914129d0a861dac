import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The browser's tests need chromium, so they run alone and when asked for: TROUPE_TEST_BROWSER=1 npm test.
const inBrowser = Boolean(process.env.TROUPE_TEST_BROWSER);
const everywhere = '{core,plugins,agents,mcp-servers,bots,web,examples,scripts,bin,test}/**/*.test.ts';
const never = ['**/node_modules/**', '**/build/**', '**/dist/**', '**/.svelte-kit/**'];

export default defineConfig({
  test: {
    include: [inBrowser ? 'test/e2e/**/*.test.ts' : everywhere],
    exclude: inBrowser ? never : [...never, 'test/e2e/**'],
    // a file's worker threads, databases and servers end with its process
    pool: 'forks',
    maxWorkers: Math.min(availableParallelism(), 4),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
  },
});
