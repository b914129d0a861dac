import { expect, test } from 'vitest';
import { trustedProxies, visitorAddress } from './visitor-address.ts';

const trusted = trustedProxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ['whoever connects, without a header', '10.0.0.1', undefined, '10.0.0.1'],
  ['the entry that a trusted proxy wrote', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
  ['not what a visitor made up before it', '10.0.0.1', '198.51.100.9, 203.0.113.5', '203.0.113.5'],
  ['behind two proxies, who came to the first', '127.0.0.1', '198.51.100.9, 203.0.113.5, 10.2.3.4', '203.0.113.5'],
  ['nothing from who is no proxy', '203.0.113.7', '198.51.100.9', '203.0.113.7'],
  ['no text that is no address', '10.0.0.1', '203.0.113.5, unknown', '10.0.0.1'],
  ['nobody made up where only proxies are named', '10.0.0.1', '10.0.0.9, 10.0.0.8', '10.0.0.9'],
  ['an IPv4 proxy that connects over IPv6', '::ffff:10.0.0.1', '203.0.113.5', '203.0.113.5'],
  ['an IPv6 visitor of an IPv6 proxy', 'fd00::1', '2001:db8::5', '2001:db8::5'],
  ['nobody for a call in process', undefined, '203.0.113.5', undefined],
])('the visitor is %s', (_, connected, forwarded, visitor) => {
  expect(visitorAddress(connected, forwarded, trusted)).toBe(visitor);
});

test('without trusted proxies no header is read', () => {
  expect(visitorAddress('10.0.0.1', '203.0.113.5', undefined)).toBe('10.0.0.1');
  expect(visitorAddress('10.0.0.1', '203.0.113.5', trustedProxies([]))).toBe('10.0.0.1');
});

test.each(['10.0.0.0/33', 'proxy.test', '10.0.0.0/', '10.0.0.0/8/9', 'fd00::/129', '10.0.0.0/-1'])(
  '%s is no network',
  (wrong) => {
    expect(trustedProxies([wrong])).toBeUndefined();
  },
);
