import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('no install script is run, and no package that the house runs on has one', () => {
  expect(textOf('../.npmrc').split('\n')).toContain('ignore-scripts=true');
  expect(textOf('launch.mjs')).toContain("'--ignore-scripts'");
  const { packages } = JSON.parse(textOf('../package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: true; dev?: true }>;
  };
  const scripted = Object.entries(packages).filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
  expect(scripted.map(([path]) => path)).toEqual([]);
});
