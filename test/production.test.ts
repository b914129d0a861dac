// What does not start in production, and what of its secrets a process keeps where others could read it: the real program, from outside.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testDatabaseKind } from '@troupe-os/core/testing';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { launch, moduleUrl, newDatabase, newFolder, testServerUrl, troupe } from './servers.ts';

const isEmbedded = testDatabaseKind === 'pglite';
const SLOW = { timeout: 300_000 };
const random = 'q7L0Jv1bZC9mYw3nT5xKf8RaUe2HsDgP6iNoBcVtXyE';
const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://troupe.example', TROUPE_SECRET: random };
const newHome = () => join(newFolder(), 'home');

describe.runIf(isEmbedded)('in production', SLOW, () => {
  test('an unsafe house does not start: all that is wrong is told at once, and nothing is made', async () => {
    const home = newHome();
    const env = {
      ...production,
      TROUPE_SECRET: 'canary-word',
      LOG_LEVEL: 'debug',
      TROUPE_EGRESS_LOOPBACK: 'on',
      REQUIRE_SECOND_FACTOR: 'no',
    };
    const { code, stdout, stderr } = await troupe(['start'], { home, env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [first, ...lines] = stderr.trimEnd().split('\n');
    expect(first).toBe('This house does not start in production as it is set up. (core.unsafe_setup)');
    expect(lines.map((line) => /^ {2}(\w+): \S.*\.$/.exec(line)?.[1])).toEqual([
      'TROUPE_SECRET',
      'DATABASE_URL',
      'LOG_LEVEL',
      'TROUPE_EGRESS_LOOPBACK',
      'REQUIRE_SECOND_FACTOR',
      'TROUPE_ALLOW',
    ]);
    expect(stderr).not.toContain('canary-word');
    expect(existsSync(home)).toBe(false);
  });

  test('a house of this machine alone starts, and so does one whose operator has taken by name what is unsafe', async () => {
    const allowed = { ...production, TROUPE_ALLOW: 'embedded-database, test-payments' };
    for (const env of [{ NODE_ENV: 'production' }, allowed]) {
      const server = launch(['start', '--empty'], { home: newHome(), env });
      await server.says(/^ready https?:/m);
      server.child.kill('SIGTERM');
      expect(await server.ended).toMatchObject({ code: 0 });
    }
  });

  test('doctor says the same, and elsewhere as what is good to know', async () => {
    const findings = async (env: Record<string, string>) => {
      const { code, stdout } = await troupe(['doctor', '--json'], { home: newHome(), env });
      const all = (JSON.parse(stdout) as { what: string; state: string; says: string }[]).filter(
        ({ what }) => what === 'production',
      );
      return { code, states: [...new Set(all.map(({ state }) => state))], names: all.map(({ says }) => says.split(':')[0]) };
    };
    const unsafe = { ...production, TROUPE_ALLOW: 'embedded-database test-payments', LOG_LEVEL: 'debug' };
    expect(await findings(unsafe)).toEqual({ code: 1, states: ['bad'], names: ['LOG_LEVEL'] });
    expect(await findings({ ...unsafe, NODE_ENV: '' })).toMatchObject({ code: 0, states: ['note'] });
    expect(await findings({})).toMatchObject({ code: 0, names: [] });
  });

  test('secrets are taken out of the environment once they are read, and children of ours are still given them', async () => {
    const root = newFolder();
    writeFileSync(
      join(root, 'troupe.config.ts'),
      `import { definePlugin } from '${moduleUrl('core/src/index.ts')}';
import { defineInstallation } from '${moduleUrl('core/src/installation.ts')}';

const settings = { SHOP_KEY: 'the key of the till' };
const shop = definePlugin({ id: 'shop', version: '1.0.0', from: import.meta.url, permissions: {}, tables: {}, actions: [], settings });
export default defineInstallation({ plugins: [shop], surfaces: [{ name: 'look', secrets: ['LOOK_KEY'] }] });
`,
    );
    writeFileSync(
      join(root, 'look.ts'),
      `import { inspect } from 'node:util';
import { findInstallation } from '${moduleUrl('core/src/cli/installation.ts')}';

const { settings, load, childEnvironment } = findInstallation();
await load();
process.stdout.write(JSON.stringify({
  env: JSON.stringify(process.env),
  printed: inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings) + String(settings.databaseUrl),
  used: [settings.secret.reveal(), settings.variable('SHOP_KEY'), childEnvironment().TROUPE_SECRET],
}));
`,
    );
    const secret = [
      'DATABASE_URL',
      'DATABASE_OWNER_URL',
      'S3_SECRET_ACCESS_KEY',
      'TROUPE_EMBEDDINGS_KEY',
      'TROUPE_SECRET',
      'TROUPE_SEAL_KEY',
      'SHOP_KEY',
      'LOOK_KEY',
    ];
    const env = {
      ...Object.fromEntries(secret.map((name) => [name, `canary-of-${name}`])),
      S3_ACCESS_KEY_ID: 'id',
      S3_BUCKET: 'bucket',
      SMTP_URL: 'smtp://ann:canary-of-smtp@mail.test',
      MAIL_FROM: 'post@troupe.test',
      TROUPE_METRICS_TOKEN: 'canary-of-metrics',
      PUBLIC_URL: 'http://kept.test',
    };
    const { PATH, HOME } = process.env;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [join(root, 'look.ts')], { cwd: root, env: { PATH, HOME, ...env } });
    const { env: left, printed, used } = JSON.parse(stdout) as { env: string; printed: string; used: string[] };
    expect(left).not.toContain('canary');
    expect(left).toContain('http://kept.test');
    expect(printed).not.toContain('canary');
    expect(printed).toContain('[redacted]');
    expect(used).toEqual(['canary-of-TROUPE_SECRET', 'canary-of-SHOP_KEY', 'canary-of-TROUPE_SECRET']);
  });
});

describe.runIf(testDatabaseKind === 'postgres')('in production on Postgres', { timeout: 300_000 }, () => {
  test('the application connects as somebody who owns nothing and may become nobody else', async () => {
    const owner = await newDatabase();
    const name = `app_${crypto.randomUUID().slice(0, 8)}`;
    const admin = postgres(testServerUrl(), { max: 1, onnotice() {} });
    const database = new URL(owner).pathname.slice(1);
    const url = new URL(owner);
    url.username = name;
    url.password = 'a-word';
    const env = { ...production, TROUPE_ALLOW: 'test-payments', DATABASE_OWNER_URL: owner, DATABASE_URL: owner };
    const start = (more: Record<string, string> = {}) =>
      launch(['start', '--empty'], { home: newHome(), env: { ...env, ...more } });
    try {
      expect((await start().ended).stderr).toContain('is a superuser');
      expect((await start({ DATABASE_OWNER_URL: '' }).ended).stderr).toMatch(/DATABASE_OWNER_URL: .*\n {2}DATABASE_URL: /);

      await admin.unsafe(`do $$ begin create role troupe_app; exception when duplicate_object then null; end $$`);
      await admin.unsafe(`create role ${name} login password 'a-word' in role troupe_app`);
      await admin.unsafe(`grant create on database "${database}" to ${name}`);
      expect((await start({ DATABASE_URL: url.href }).ended).stderr).toContain('makes schemas');
      await admin.unsafe(`revoke create on database "${database}" from ${name}`);

      const server = start({ DATABASE_URL: url.href });
      await server.says(/^ready https:/m);
      server.child.kill('SIGTERM');
      expect(await server.ended).toMatchObject({ code: 0 });

      const inside = postgres(owner, { max: 1, onnotice() {} });
      await inside.unsafe(`alter table identity.people owner to ${name}`);
      await inside.end();
      const owns = await start({ DATABASE_URL: url.href }).ended;
      expect(owns).toMatchObject({ code: 1, stderr: expect.stringMatching(/owns [1-9]\d* tables/) });
      const back = postgres(owner, { max: 1, onnotice() {} });
      await back.unsafe(`reassign owned by ${name} to current_user`);
      await back.unsafe(`drop owned by ${name}`);
      await back.end();
    } finally {
      await admin.unsafe(`drop role if exists ${name}`).catch(() => undefined);
      await admin.end();
    }
  });
});
