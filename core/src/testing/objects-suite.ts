// What every driver of objects promises. A third party's driver runs the same.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectInfo, Objects } from '../objects/driver.ts';

const text = { contentType: 'text/plain' };

/**
 * Registers the tests of one driver. `create` is called once; the tests keep to keys below a fresh prefix and delete nothing else,
 * so that a bucket in use may serve.
 */
export function testObjects(name: string, create: () => Promise<Objects>): void {
  describe(`${name} keeps objects`, () => {
    const home = `test-${randomUUID()}`;
    const key = (suffix: string) => `${home}/${suffix}`;
    let objects: Objects;
    let folder: string;

    beforeAll(async () => {
      objects = await create();
      folder = await mkdtemp(join(tmpdir(), 'objects-suite-'));
    });

    afterAll(async () => {
      for await (const info of objects.list(`${home}/`)) await objects.delete(info.key);
      await objects.close();
      await rm(folder, { recursive: true });
    });

    async function fileOf(bytes: Uint8Array): Promise<{ path: string }> {
      const path = join(folder, randomUUID());
      await writeFile(path, bytes);
      return { path };
    }

    test('what was put is what is got, with its size and content type', async () => {
      const bytes = randomBytes(1000);
      const info = { key: key('song.flac'), size: 1000, contentType: 'audio/flac; codecs="x"' };
      expect(await objects.put(info.key, bytes, info)).toEqual(info);
      expect(await objects.head(info.key)).toEqual(info);
      expect(await bytesOf(objects.get(info.key))).toEqual(bytes);
    });

    test('a file of many parts arrives whole', async () => {
      const bytes = randomBytes(17 * 1024 * 1024 + 1);
      const info = await objects.put(key('film'), await fileOf(bytes), { contentType: 'video/mp4' });
      expect(info.size).toBe(bytes.length);
      expect(await objects.head(key('film'))).toEqual(info);
      expect((await bytesOf(objects.get(key('film')))).equals(bytes)).toBe(true);
      expect(await bytesOf(objects.get(key('film'), { start: 8_388_600, end: 8_388_699 }))).toEqual(
        bytes.subarray(8_388_600, 8_388_700),
      );
    });

    test('an object may be empty, from a buffer and from a file', async () => {
      for (const body of [new Uint8Array(), await fileOf(new Uint8Array())]) {
        expect((await objects.put(key('nothing'), body, text)).size).toBe(0);
        expect(await objects.head(key('nothing'))).toEqual({ key: key('nothing'), size: 0, ...text });
        expect((await bytesOf(objects.get(key('nothing')))).length).toBe(0);
        await expect(objects.get(key('nothing'), { start: 0, end: 0 })).rejects.toMatchObject({ code: 'objects.bad_range' });
      }
    });

    test('a range is inclusive, and ends with the object at the latest', async () => {
      await objects.put(key('digits'), Buffer.from('0123456789'), text);
      const range = async (start: number, end: number) => (await bytesOf(objects.get(key('digits'), { start, end }))).toString();
      expect(await range(0, 0)).toBe('0');
      expect(await range(3, 5)).toBe('345');
      expect(await range(8, 100)).toBe('89');
      expect(await range(0, Number.MAX_SAFE_INTEGER)).toBe('0123456789');
    });

    test('a range that begins behind the last byte, backwards or between bytes is refused', async () => {
      await objects.put(key('ten'), Buffer.from('0123456789'), text);
      for (const [start, end] of [
        [10, 12],
        [5, 4],
        [-1, 3],
        [0.5, 3],
        [Number.NaN, 1],
      ] as const) {
        await expect(objects.get(key('ten'), { start, end })).rejects.toMatchObject({ code: 'objects.bad_range' });
      }
    });

    test('putting again replaces bytes and content type together', async () => {
      await objects.put(key('again'), Buffer.from('a first, longer text'), text);
      await objects.put(key('again'), Buffer.from('{}'), { contentType: 'application/json' });
      expect(await objects.head(key('again'))).toEqual({ key: key('again'), size: 2, contentType: 'application/json' });
      expect((await bytesOf(objects.get(key('again')))).toString()).toBe('{}');
    });

    test('whoever puts the same key at once, one of them is there whole', async () => {
      const bodies = Array.from({ length: 8 }, (_, index) => Buffer.alloc(50_000 + index, String(index)));
      await Promise.all(bodies.map((body) => objects.put(key('race'), body, text)));
      const winner = await bytesOf(objects.get(key('race')));
      expect(bodies.some((body) => body.equals(winner))).toBe(true);
    });

    test('what is not there is undefined to head, missing to get, and nothing to delete', async () => {
      expect(await objects.head(key('none'))).toBeUndefined();
      await expect(objects.get(key('none'))).rejects.toMatchObject({ code: 'objects.missing', kind: 'missing' });
      await expect(objects.get(key('none'), { start: 0, end: 1 })).rejects.toMatchObject({ code: 'objects.missing' });
      await objects.delete(key('none'));
      await objects.delete(key('no/such/place'));
    });

    test('what was deleted is gone', async () => {
      await objects.put(key('gone'), Buffer.from('x'), text);
      await objects.delete(key('gone'));
      expect(await objects.head(key('gone'))).toBeUndefined();
    });

    test('keys below a prefix are listed in order, wherever the prefix ends', async () => {
      const names = ['a', 'a-b', 'a.b', 'a/b', 'a/b/c', 'a0', 'a_', 'ab', 'b'];
      for (const name of [...names].reverse())
        await objects.put(key(`list/${name}`), Buffer.from(name), { contentType: 'text/x-name' });
      const list = async (prefix: string) => (await collect(objects.list(key(`list/${prefix}`)))).map((info) => info.key);
      expect(await list('')).toEqual(names.map((name) => key(`list/${name}`)));
      expect(await list('a/')).toEqual([key('list/a/b'), key('list/a/b/c')]);
      expect(await list('a')).toEqual(names.slice(0, -1).map((name) => key(`list/${name}`)));
      expect(await list('nothing/')).toEqual([]);
      expect(await collect(objects.list(key('list/ab')))).toEqual([{ key: key('list/ab'), size: 2, contentType: 'text/x-name' }]);
    });

    test.each(badKeys)('the key %j is refused by every call', async (bad) => {
      const refusal = { code: 'objects.bad_key', kind: 'invalid' };
      await expect(objects.put(bad, Buffer.from('x'), text)).rejects.toMatchObject(refusal);
      await expect(objects.head(bad)).rejects.toMatchObject(refusal);
      await expect(objects.get(bad)).rejects.toMatchObject(refusal);
      await expect(objects.delete(bad)).rejects.toMatchObject(refusal);
    });

    test('a prefix that leads out is refused', async () => {
      for (const prefix of ['../', '/etc/', 'a/../..']) {
        await expect(collect(objects.list(prefix))).rejects.toMatchObject({ code: 'objects.bad_key' });
      }
    });

    test('a content type that could carry a header of its own is refused', async () => {
      for (const contentType of ['', 'png', 'image/png\r\nx-evil: 1', 'image/png\n', `image/${'x'.repeat(300)}`]) {
        await expect(objects.put(key('typed'), Buffer.from('x'), { contentType })).rejects.toMatchObject({
          code: 'objects.bad_content_type',
        });
      }
      expect(await objects.head(key('typed'))).toBeUndefined();
    });

    test('a path that is no readable file stores nothing', async () => {
      for (const path of [join(folder, 'none'), folder]) {
        await expect(objects.put(key('source'), { path }, text)).rejects.toMatchObject({ code: 'objects.unreadable' });
      }
      expect(await objects.head(key('source'))).toBeUndefined();
    });
  });
}

const badKeys = [
  '',
  '/',
  '/etc/passwd',
  'a/',
  'a//b',
  '.',
  '..',
  'a/.',
  './a',
  '../a',
  'a/../../b',
  'a..b',
  'A',
  'a b',
  'ä',
  'a\0b',
  'a\nb',
  'a\\b',
  'a@',
  'a%2e%2e',
  'x'.repeat(201),
];

async function bytesOf(stream: Promise<Readable>): Promise<Buffer> {
  return buffer(await stream);
}

async function collect(infos: AsyncIterable<ObjectInfo>): Promise<ObjectInfo[]> {
  const all: ObjectInfo[] = [];
  for await (const info of infos) all.push(info);
  return all;
}
