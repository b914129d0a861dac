import { expect, test } from 'vitest';
import { checkLockfile, checkSize, checkTransactions } from './source-rules.ts';

test('a lockfile may link workspaces and may not name a place to download from', () => {
  const line = (address: string) => `{\n"resolved": "${address}"\n}`;

  expect(checkLockfile(line('plugins/ledger'))).toEqual([]);
  expect(checkLockfile(line('https://registry.example/z.tgz'))).toEqual([
    expect.stringContaining('package-lock.json:2: a download address'),
  ]);
  expect(checkLockfile(line('git+ssh://git@host.example/z.git'))).toHaveLength(1);
});

test('a file over one megabyte is refused', () => {
  expect(checkSize('docs/picture.png', 1_000_000)).toEqual([]);
  expect(checkSize('docs/picture.png', 1_000_001)).toEqual([expect.stringContaining('docs/picture.png: 1000001 bytes')]);
});

test('a transaction is opened by the kernel, by the database modules and by tests alone', () => {
  const source = 'const rows = 1;\nawait db.transaction(async (tx) => tx);\n';

  for (const allowed of [
    'core/src/kernel/execute.ts',
    'core/src/db/open.ts',
    'plugins/ledger/src/entries.test.ts',
    'test/tour.test.ts',
  ]) {
    expect(checkTransactions(allowed, source)).toEqual([]);
  }
  for (const refused of ['core/src/queue/driver.ts', 'plugins/ledger/src/entries.ts', 'web/src/routes/+page.server.ts']) {
    expect(checkTransactions(refused, source)).toEqual([expect.stringContaining(`${refused}:2: only the kernel`)]);
  }
});
