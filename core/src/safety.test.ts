import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { LoginRights } from './db/login-rights.ts';
import { definePlugin, type Plugin } from './define/plugin.ts';
import { unsafeSetup, unsafeSetupError } from './safety.ts';
import { readSettings } from './settings.ts';

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
});

const nobody = { id: 'people', version: '0.0.0', from: import.meta.url, permissions: {}, tables: {}, actions: [] };
const directory = { authenticate: async () => undefined, grantsOf: async () => [], isRevoked: async () => false };
const people = definePlugin({ ...nobody, directory } as never);
const shop = definePlugin({
  ...nobody,
  id: 'shop',
  settings: { SHOP_TILL: 'which till' },
  unsafeInPublic: ({ SHOP_TILL }: Readonly<Record<string, string | undefined>>) =>
    SHOP_TILL === 'toy' ? [{ setting: 'SHOP_TILL', why: 'It is a toy.', todo: 'Buy one.', allow: 'toy-till' }] : [],
});

const random = 'q7L0Jv1bZC9mYw3nT5xKf8RaUe2HsDgP6iNoBcVtXyE';
const newHome = () => {
  const home = mkdtempSync(join(tmpdir(), 'safety-'));
  homes.push(home);
  return home;
};
/** As an operator sets up a house that the public reaches, in every respect. */
const sound = () => ({
  NODE_ENV: 'production',
  TROUPE_HOME: newHome(),
  HOST: '0.0.0.0',
  PUBLIC_URL: 'https://troupe.example',
  TROUPE_SECRET: random,
  DATABASE_URL: 'postgres://app:x@db.example/troupe',
  DATABASE_OWNER_URL: 'postgres://owner:x@db.example/troupe',
});
const powerless: LoginRights = { name: 'app', powers: [] };

interface Given {
  readonly plugins?: readonly Plugin[];
  readonly login?: LoginRights;
}
const unsafe = (env: NodeJS.ProcessEnv, { plugins = [people], login = powerless }: Given = {}) =>
  unsafeSetup({ settings: readSettings(env, '/nowhere'), plugins, login }).map(({ setting }) => setting);

test('a house that is set up soundly is not refused, and neither is one that nobody else reaches', () => {
  expect(unsafe(sound())).toEqual([]);
  expect(unsafe({ NODE_ENV: 'production', TROUPE_HOME: newHome() }, { plugins: [shop] })).toEqual([]);
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['a short secret', { TROUPE_SECRET: 'q7L0Jv1bZC9mYw3nT5xKf8RaUe2HsDg' }, 'TROUPE_SECRET'],
  ['a secret of one letter', { TROUPE_SECRET: 'a'.repeat(64) }, 'TROUPE_SECRET'],
  ['a secret that somebody typed', { TROUPE_SECRET: 'changeme-changeme-changeme-changeme' }, 'TROUPE_SECRET'],
  ['a seal key of nothing', { TROUPE_SEAL_KEY: Buffer.alloc(32).toString('base64') }, 'TROUPE_SEAL_KEY'],
  ['open to all without an address', { PUBLIC_URL: '' }, 'PUBLIC_URL'],
  ['open to all over http', { PUBLIC_URL: 'http://troupe.example' }, 'PUBLIC_URL'],
  ['open to all under an address of this machine', { PUBLIC_URL: 'http://127.0.0.1:3000' }, 'PUBLIC_URL'],
  ['http on a public host behind a proxy', { HOST: '127.0.0.1', PUBLIC_URL: 'http://troupe.example' }, 'PUBLIC_URL'],
  ['proxies that are everybody', { TROUPE_TRUSTED_PROXIES: '10.0.0.0/8 0.0.0.0/0' }, 'TROUPE_TRUSTED_PROXIES'],
  ['proxies that are everybody over IPv6', { TROUPE_TRUSTED_PROXIES: '::/0' }, 'TROUPE_TRUSTED_PROXIES'],
  ['the embedded database in public', { DATABASE_URL: '', DATABASE_OWNER_URL: '' }, 'DATABASE_URL'],
  ['no owner beside the application', { DATABASE_OWNER_URL: '' }, 'DATABASE_OWNER_URL'],
  ['logs of what people sent', { LOG_LEVEL: 'debug' }, 'LOG_LEVEL'],
  ['egress to this machine', { TROUPE_EGRESS_LOOPBACK: 'on' }, 'TROUPE_EGRESS_LOOPBACK'],
  ['one proof for those in charge', { REQUIRE_SECOND_FACTOR: 'no' }, 'REQUIRE_SECOND_FACTOR'],
])('%s is named by its variable', (_what, env, setting) => {
  expect(unsafe({ ...sound(), ...env })).toEqual([setting]);
});

test('a login that could own is named with what it could do', () => {
  expect(unsafe(sound(), { login: { name: 'app', powers: ['makes schemas'] } })).toEqual(['DATABASE_URL']);
});

test('without anybody who signs people in, a public house is refused', () => {
  expect(unsafe(sound(), { plugins: [] })).toEqual(['HOST']);
});

test('a plugin says what of it is unsafe in public, by the settings that it declares', () => {
  const toy = { ...sound(), SHOP_TILL: 'toy' };
  expect(unsafe(toy, { plugins: [people, shop] })).toEqual(['SHOP_TILL']);
  expect(unsafe(sound(), { plugins: [people, shop] })).toEqual([]);
  expect(unsafe({ NODE_ENV: 'production', TROUPE_HOME: newHome(), SHOP_TILL: 'toy' }, { plugins: [shop] })).toEqual([]);
});

test('an operator may take three of them by name, and none of the others', () => {
  const plain = { ...sound(), PUBLIC_URL: 'http://troupe.example', DATABASE_URL: '', DATABASE_OWNER_URL: '', SHOP_TILL: 'toy' };
  expect(unsafe(plain, { plugins: [people, shop] })).toEqual(['PUBLIC_URL', 'DATABASE_URL', 'SHOP_TILL']);
  expect(unsafe({ ...plain, TROUPE_ALLOW: 'plain-http, embedded-database toy-till' }, { plugins: [people, shop] })).toEqual([]);
  expect(unsafe({ ...sound(), LOG_LEVEL: 'debug', TROUPE_ALLOW: 'debug LOG_LEVEL' })).toEqual(['LOG_LEVEL']);
});

test('a secret in the home folder is looked at too, and shown nowhere', () => {
  const env: NodeJS.ProcessEnv = { ...sound(), TROUPE_SECRET: '' };
  writeFileSync(join(env.TROUPE_HOME ?? '', 'secret'), 'hunter2-hunter2');
  const found = unsafeSetup({ settings: readSettings(env, '/nowhere'), plugins: [people], login: powerless });
  expect(found.map(({ setting }) => setting)).toEqual(['TROUPE_SECRET']);
  expect(JSON.stringify(unsafeSetupError(found).details)).not.toContain('hunter2');
});

test('everything is told at once, each with what to set', () => {
  const env = { ...sound(), TROUPE_SECRET: 'short', LOG_LEVEL: 'debug', DATABASE_OWNER_URL: '' };
  const found = unsafeSetup({ settings: readSettings(env, '/nowhere'), plugins: [people], login: powerless });
  const { issues } = unsafeSetupError(found).details as { issues: { path: string; message: string }[] };
  expect(issues.map(({ path }) => path)).toEqual(['TROUPE_SECRET', 'DATABASE_OWNER_URL', 'LOG_LEVEL']);
  for (const { message } of issues) expect(message).toMatch(/^[A-Z][^\n]+\. Set [^\n]+\.$/);
});
