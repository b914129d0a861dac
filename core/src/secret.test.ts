import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loggable } from './observe/loggable.ts';
import { createSecret, isSecretValue } from './secret.ts';

const canary = 'canary-7f3a';

test('a secret shows nothing of itself, however it is printed', () => {
  const secret = createSecret(canary);
  const printed = [
    String(secret),
    `${secret}`,
    // biome-ignore lint/style/useTemplate: a sum is one more way to print it
    'a' + secret,
    JSON.stringify(secret),
    JSON.stringify({ deep: [{ secret }] }),
    inspect(secret),
    inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true }),
    format('%s %o %O %j', secret, secret, secret, secret),
    JSON.stringify(loggable({ plain: secret, deep: [secret] })),
    JSON.stringify({ ...secret }),
    JSON.stringify(Object.entries(secret)),
    String(new Error(`it was ${secret}`).message),
  ];
  for (const one of printed) expect(one).not.toContain(canary);
  expect(printed[0]).toBe('[redacted]');
  expect(JSON.stringify(loggable({ plain: secret }))).toBe('{"plain":"[redacted]"}');
});

test('whoever needs a secret reveals it, and no other thread is handed one', () => {
  const secret = createSecret(canary);
  expect(secret.reveal()).toBe(canary);
  expect(isSecretValue(secret)).toBe(true);
  expect(isSecretValue({ reveal: () => canary })).toBe(false);
  expect(Object.isFrozen(secret)).toBe(true);
  expect(JSON.stringify(structuredClone(secret))).not.toContain(canary);
});
