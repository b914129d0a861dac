import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const read = (env: NodeJS.ProcessEnv) => readSettings(env, '/nowhere');
const refused = (env: NodeJS.ProcessEnv) => {
  try {
    read(env);
    return undefined;
  } catch (error) {
    return (error as { details?: { name?: string } }).details?.name;
  }
};

test('a mail server is named with its sender, and what could not work does not start', () => {
  const MAIL_FROM = 'Troupe <post@troupe.test>';
  expect(read({}).smtp).toBeUndefined();
  expect(read({ SMTP_URL: 'smtps://ann:secret@mail.test', MAIL_FROM })).toMatchObject({ mailFrom: MAIL_FROM });
  expect(refused({ SMTP_URL: 'https://mail.test', MAIL_FROM })).toBe('SMTP_URL');
  expect(refused({ SMTP_URL: 'smtp://mail.test' })).toBe('MAIL_FROM');
  expect(refused({ MAIL_FROM: 'Troupe <post@troupe.test>, eve@people.test' })).toBe('MAIL_FROM');
});

test('how often one may call is told number by number, and what is mistyped does not start', () => {
  const usual = { actor: 600, address: 3000, guestWrites: 120, guestFailures: 60 };
  expect(read({}).callLimits).toEqual(usual);
  expect(read({ TROUPE_CALL_LIMITS: 'off' }).callLimits).toBeUndefined();
  expect(read({ TROUPE_CALL_LIMITS: 'guest-writes=0  actor=9' }).callLimits).toEqual({ ...usual, actor: 9, guestWrites: 0 });
  for (const wrong of ['on', 'actor', 'actor=-1', 'actor=many', 'toString=5'])
    expect(refused({ TROUPE_CALL_LIMITS: wrong })).toBe('TROUPE_CALL_LIMITS');
});

test('proxies are trusted by address and network, nobody by default', () => {
  const isTrusted = (given: NodeJS.ProcessEnv) => read(given).trustedProxies.check('10.1.2.3');
  expect(isTrusted({})).toBe(false);
  expect(isTrusted({ TROUPE_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' })).toBe(true);
  expect(refused({ TROUPE_TRUSTED_PROXIES: 'proxy.test' })).toBe('TROUPE_TRUSTED_PROXIES');
});

test('those in charge need a second factor in production that the public reaches, and elsewhere where it is said', () => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://troupe.example' };
  expect(read(production).isSecondFactorRequired).toBe(true);
  for (const env of [
    {},
    { NODE_ENV: 'production' },
    { ...production, NODE_ENV: 'development' },
    { ...production, PUBLIC_URL: 'http://troupe.example' },
    { ...production, PUBLIC_URL: 'https://localhost:3000' },
    { ...production, REQUIRE_SECOND_FACTOR: 'no' },
  ])
    expect(read(env).isSecondFactorRequired, JSON.stringify(env)).toBe(false);
  expect(read({ REQUIRE_SECOND_FACTOR: 'yes' }).isSecondFactorRequired).toBe(true);
  expect(refused({ REQUIRE_SECOND_FACTOR: 'on' })).toBe('REQUIRE_SECOND_FACTOR');
});

test('a chain to anchor on is told with its number and a key, and what is half told does not start', () => {
  const all = {
    TROUPE_ANCHOR_CHAIN_URL: 'https://node.test/v3/abc',
    TROUPE_ANCHOR_CHAIN_ID: '1',
    TROUPE_ANCHOR_KEY: `0x${'ab'.repeat(32)}`,
  };
  expect(read({}).chainAnchor).toBeUndefined();
  const given = read({ ...all, TROUPE_ANCHOR_MOST_FEE_A_DAY: '1.05' }).chainAnchor;
  expect(given).toMatchObject({ chainId: 1, everyMinutes: 60, confirmations: 12, mostFeeADay: 1_050_000_000_000_000_000n });
  expect(given?.key.reveal()).toBe(all.TROUPE_ANCHOR_KEY);
  for (const printed of [JSON.stringify({ ...given, mostFeeADay: '' }), inspect(given)]) expect(printed).not.toMatch(/abab|v3/);

  for (const name of Object.keys(all)) expect(refused({ ...all, [name]: '' })).toBe(name);
  expect(refused({ TROUPE_ANCHOR_EVERY_MINUTES: '5' })).toBe('TROUPE_ANCHOR_CHAIN_URL');
  for (const [name, wrong] of [
    ['TROUPE_ANCHOR_CHAIN_URL', 'wss://node.test'],
    ['TROUPE_ANCHOR_CHAIN_URL', 'https://ann:secret@node.test'],
    ['TROUPE_ANCHOR_CHAIN_ID', '0x1'],
    ['TROUPE_ANCHOR_KEY', '0'.repeat(64)],
    ['TROUPE_ANCHOR_KEY', 'f'.repeat(64)],
    ['TROUPE_ANCHOR_KEY', 'ab'],
    ['TROUPE_ANCHOR_EVERY_MINUTES', '0'],
    ['TROUPE_ANCHOR_CONFIRMATIONS', '101'],
    ['TROUPE_ANCHOR_MOST_FEE_A_DAY', '0'],
    ['TROUPE_ANCHOR_MOST_FEE_A_DAY', '1e3'],
  ] as const)
    expect(refused({ ...all, [name]: wrong })).toBe(name);
});
