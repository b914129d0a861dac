import { expect, test } from 'vitest';
import { coreErrors } from '../errors.ts';
import { createLog, type LogOptions } from './log.ts';

function capture(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', write: (line) => lines.push(line), ...options });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

test('an entry is one line of JSON with its time, level, message and fields', () => {
  const { log, lines, last } = capture();
  log.info('ready', { port: 3000 });
  expect(last()).toEqual({ time: expect.stringMatching(/^\d{4}-.*Z$/), level: 'info', message: 'ready', port: 3000 });
  expect(lines).toEqual([expect.stringMatching(/^[^\n]*\n$/)]);
});

test('what is below the level is not written', () => {
  const { log, lines } = capture({ level: 'warn' });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd']);
  const silent = capture({ level: 'silent' });
  silent.log.error('e');
  expect(silent.lines).toEqual([]);
});

test('a child carries the fields of its parents, and its parents none of its own', () => {
  const { log, last } = capture({ moment: () => ({ traceId: 'now' }) });
  const child = log.child({ requestId: 'r1' }).child({ callId: 'c1' });
  child.info('x', { callId: 'c2' });
  expect(last()).toMatchObject({ requestId: 'r1', callId: 'c2', traceId: 'now' });
  log.info('y');
  expect(last()).not.toHaveProperty('requestId');
});

test.each(['json', 'line'] as const)('no text breaks the line or speaks to the terminal, as %s', (format) => {
  const { log, lines } = capture({ format });
  const evil = 'a\r\nlevel=error\u2028b\u0085c\u001b[31m\u009b2J\u007f';
  log.info(evil, { evil, [evil]: evil, nested: [{ evil }] });
  expect(lines).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
});

test('a field cannot pass for the time, the level or the message', () => {
  const { log, last } = capture();
  log.info('true', { message: 'false', level: 'error', time: 'never', __proto__: { x: 1 } });
  expect(last()).toMatchObject({ message: 'true', level: 'info', message_: 'false', level_: 'error', time_: 'never' });
});

test('a secret is redacted by its name at any depth, a count of that name is not', () => {
  const { log, lines, last } = capture();
  const canary = 'canary-7f3a';
  log.info('x', {
    password: canary,
    headers: { 'Set-Cookie': [canary], Authorization: canary, 'x-api-key': canary },
    deep: [{ refresh_token: canary, walletPrivateKey: canary, credentials: { name: canary } }],
    more: new Map([['clientSecret', canary]]),
    tokens: 812,
    passwordChanged: true,
  });
  expect(lines.join()).not.toContain(canary);
  expect(last()).toMatchObject({ password: '[redacted]', tokens: 812, passwordChanged: true });
});

test('a credential inside a text is redacted by its looks', () => {
  const { log, last } = capture();
  log.info('cannot reach postgres://troupe:hunter2@db:5432/troupe', { note: 'sent Authorization: Bearer abcdefgh12345' });
  expect(last()).toMatchObject({
    message: 'cannot reach postgres://[redacted]@db:5432/troupe',
    note: 'sent Authorization: Bearer [redacted]',
  });
});

test('an error is told with its code, details, place and causes', () => {
  const { log, last } = capture();
  log.error('x', { error: coreErrors.busy({ table: 'points' }, new Error('lock not available')) });
  expect(last().error).toMatchObject({
    code: 'core.busy',
    details: { table: 'points' },
    cause: { message: 'lock not available' },
  });
  expect(last().error.stack[0]).toMatch(/^at .*:\d+:\d+\)?$/);
});

test('the parameters of a failed statement are not told, its reason is', () => {
  const { log, lines } = capture();
  const reason = Object.assign(new Error('relation "people" does not exist'), { params: ['canary-9'] });
  const failure = Object.assign(new Error('Failed query: insert into people values ($1)\nparams: canary-9', { cause: reason }), {
    params: ['canary-9'],
  });
  const unreadable = Object.assign(new Error('invalid input syntax for type uuid: "canary-9"'), { parameters: ['canary-9'] });
  log.error('x', { error: new Error('outer', { cause: failure }), unreadable });
  expect(lines.join()).not.toContain('canary-9');
  expect(lines.join()).toContain('A database statement failed.');
  expect(lines.join()).toContain('relation \\"people\\" does not exist');
});

test('any value can be logged', () => {
  const { log, last } = capture();
  const circle: Record<string, unknown> = {
    sum: 12n,
    when: new Date(0),
    never: new Date(Number.NaN),
    rate: Number.NaN,
    run: () => 1,
  };
  circle.self = circle;
  log.info('x', {
    circle,
    bytes: new Uint8Array(3),
    set: new Set([1]),
    url: new URL('http://a:b@c/'),
    long: 'x'.repeat(9_000),
    many: Array(500).fill(0),
  });
  const { circle: copied, ...others } = last();
  expect(copied).toEqual({ sum: '12', when: '1970-01-01T00:00:00.000Z', never: 'invalid date', rate: 'NaN', self: '[circular]' });
  expect(others).toMatchObject({ bytes: '[3 bytes]', set: [1], url: 'http://[redacted]@c/' });
  expect(others.long).toHaveLength(8_019);
  expect(others.many).toHaveLength(100);
});

test('on a terminal an entry reads as a sentence with its fields', () => {
  const { log, lines } = capture({ format: 'line' });
  log.warn('A "job" was given up.', { job: 'assets.import', reason: 'no space left', tries: 3 });
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d WARN {2}A "job" was given up\. {2}job=assets\.import reason="no space left" tries=3\n$/,
  );
});

test('on a terminal an error is told with its first places and its causes', () => {
  const { log, lines } = capture({ format: 'line' });
  log.error('x', { error: coreErrors.busy(undefined, new Error('lock not available')) });
  expect(lines[0]).toMatch(/error="TroupeError: Somebody else .* < at .* < because of Error: lock not available < at .*"\n$/);
});
