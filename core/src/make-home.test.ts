import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeHome } from './make-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'make-home-'));
afterAll(() => rmSync(folder, { recursive: true }));
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('it is made with the folders above it, for its owner only, and one that is there becomes so', () => {
  makeHome(join(folder, 'a/b/home'));
  expect(modeOf(join(folder, 'a/b/home'))).toBe(0o700);
  mkdirSync(join(folder, 'open'), { mode: 0o755 });
  makeHome(join(folder, 'open'));
  expect(modeOf(join(folder, 'open'))).toBe(0o700);
});

test('where it cannot be, that is said of the setting, and at once', () => {
  writeFileSync(join(folder, 'file'), '');
  // Linux says of a new folder in /proc that the one above it is missing
  for (const home of [join(folder, 'file'), join(folder, 'file/home'), '/proc/nope', '/proc/nope/home'])
    expect(() => makeHome(home)).toThrow(
      expect.objectContaining({ code: 'core.bad_setting', details: expect.objectContaining({ given: home }) }),
    );
});
