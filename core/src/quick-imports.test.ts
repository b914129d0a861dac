import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';

const quick = ['--import', new URL('./quick-imports.ts', import.meta.url).href];
const printed = (flags: readonly string[], file: string) =>
  execFileSync(process.execPath, [...flags, file], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what is looked up once is what Node finds by itself, down to the last file', () => {
  const program = join(newFolder(), 'loads.mjs');
  writeFileSync(
    program,
    `import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url + ' ' + context.format); return next(url, context); } });
    for (const file of ${JSON.stringify(['./db/statement.ts', './kernel/authorize.ts', './index.ts'])})
      await import(new URL(file, ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}).href);
    const { loadBinder } = await import(${JSON.stringify(new URL('./db/statement.ts', import.meta.url).href)});
    await loadBinder();
    console.log(loaded.filter((one) => one.includes('/drizzle-orm/')).sort().join('\\n'));`,
  );
  const own = printed([], program);
  expect(own).toContain('/drizzle-orm/pg-proxy/');
  expect(printed(quick, program)).toBe(own);
});

test('a package that brings its own copy gets that one', () => {
  const folder = newFolder();
  const copy = join(folder, 'node_modules/drizzle-orm');
  for (const made of [join(folder, 'src'), copy]) mkdirSync(made, { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "name": "drizzle-orm", "type": "module", "exports": "./index.js" }');
  writeFileSync(join(copy, 'index.js'), "export { whose } from './whose.js';");
  writeFileSync(join(copy, 'whose.js'), "export const whose = 'its own';");
  writeFileSync(
    join(folder, 'src/look.mjs'),
    `import { whose } from 'drizzle-orm';
    await import(${JSON.stringify(new URL('./kernel/authorize.ts', import.meta.url).href)});
    console.log(whose);`,
  );
  expect(printed(quick, join(folder, 'src/look.mjs'))).toBe('its own\n');
});
