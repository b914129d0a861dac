import { expect, test } from 'vitest';
import { isThisMachine, networkPrefix } from './network-prefix.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24', '203.0.113.77/32'],
  ['::ffff:203.0.113.77', '203.0.113.0/24', '203.0.113.77/32'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:0:0:0:0:0/48', '2001:db8:1:2:0:0:0:0/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:0:0:0:0:0/48', '2001:db8:1:2:0:0:0:0/64'],
  ['::1', '0:0:0:0:0:0:0:0/48', '0:0:0:0:0:0:0:0/64'],
  ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:0/48', 'fe80:0:0:0:0:0:0:0/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0:0:0:0:0/48', '64:ff9b:0:0:0:0:0:0/64'],
  ['unix socket', 'unix socket', 'unix socket'],
])('the networks of %s', (address, wide, narrow) => {
  expect(networkPrefix(address, { v4: 24, v6: 48 })).toBe(wide);
  expect(networkPrefix(address, { v4: 32, v6: 64 })).toBe(narrow);
});

test('127.0.0.0/8 and ::1 are this machine, over IPv6 too', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'].every(isThisMachine)).toBe(true);
  expect(['203.0.113.77', '::ffff:203.0.113.77', '::ffff:128.0.0.1', '10.0.0.1', '::', 'localhost'].some(isThisMachine)).toBe(
    false,
  );
});
