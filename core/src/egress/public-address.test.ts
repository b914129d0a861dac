import { expect, test } from 'vitest';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const NOT_PUBLIC = `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3 127.255.255.254 169.254.0.1
  169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.254 192.0.0.1 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
  192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
  255.255.255.255 :: ::1 ::2 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::127.0.0.1 ::7f00:1 ::a00:1 64:ff9b::7f00:1
  64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1
  2002:7f00:1:: 2002:a00:1::1 2620:4f:8000::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456:789a::1 fe80::1 fe80::1%eth0
  fec0::1 ff02::1 ff05::2 1fff::1 2606:4700:4700::1111%eth0 localhost 2130706433 0x7f.0.0.1 0177.0.0.1 127.1 8.8.8 8.8.8.8.8 256.1.1.1`;
const PUBLIC = `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.255.255 172.15.255.255
  172.32.0.1 192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255 2001:200::1 2001:4860:4860::8888
  2606:4700:4700::1111 2a00:1450:4001::1 2400:cb00::1`;

const words = (text: string) => text.split(/\s+/);

test('what is not on the public internet is not public, however it is written', () => {
  expect(words(NOT_PUBLIC).filter(isPublicAddress)).toEqual([]);
});

test('public addresses are public, right up to the edges of the special blocks', () => {
  expect(words(PUBLIC).filter((address) => !isPublicAddress(address))).toEqual([]);
});

test('this machine is known by its plain names only', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopbackAddress)).toBe(true);
  expect(['::ffff:127.0.0.1', '0.0.0.0', '128.0.0.1', '::', 'localhost', '10.0.0.1'].filter(isLoopbackAddress)).toEqual([]);
});
