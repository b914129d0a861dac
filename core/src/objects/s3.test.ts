import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testObjects } from '../testing/objects-suite.ts';
import { openObjects } from './open.ts';
import { createS3Objects, type S3Settings } from './s3.ts';

const {
  TROUPE_TEST_S3_ENDPOINT: endpoint,
  TROUPE_TEST_S3_BUCKET: bucket = 'troupe-test',
  TROUPE_TEST_S3_REGION: region = 'us-east-1',
  TROUPE_TEST_S3_ACCESS_KEY_ID: accessKeyId = '',
  TROUPE_TEST_S3_SECRET_ACCESS_KEY: secretAccessKey = '',
} = process.env;

if (endpoint) describeServer({ endpoint, bucket, region, accessKeyId, secretAccessKey, forcePathStyle: true });

function describeServer(settings: S3Settings): void {
  testObjects('an S3 bucket', async () => createS3Objects(settings));
  testObjects('a prefix of an S3 bucket', async () => openObjects({ kind: 's3', ...settings, prefix: `house-${randomUUID()}/` }));

  describe('an S3 bucket', () => {
    test('houses of different prefixes do not see each other', async () => {
      const [one, other] = ['one', 'other'].map((name) => createS3Objects({ ...settings, prefix: `${name}-${randomUUID()}` }));
      await one?.put('a', Buffer.from('x'), { contentType: 'text/plain' });
      expect(await other?.head('a')).toBeUndefined();
      expect(await Array.fromAsync(other?.list('') ?? [])).toEqual([]);
      expect((await Array.fromAsync(one?.list('') ?? [])).map((info) => info.key)).toEqual(['a']);
      await one?.delete('a');
    });

    test('a wrong secret and a bucket that is not there are unavailable, and no error holds a secret', async () => {
      const wrong = 'a-secret-that-must-not-show';
      for (const change of [{ secretAccessKey: wrong }, { bucket: `none-${randomUUID()}` }]) {
        const objects = createS3Objects({ ...settings, ...change });
        const error: unknown = await objects.get('a').catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'objects.unavailable', kind: 'unavailable' });
        expect(JSON.stringify(error)).not.toContain(wrong);
      }
    });
  });
}

test('an S3 server that cannot be reached is unavailable, for small calls and in the middle of a large file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'objects-s3-'));
  const path = join(folder, 'large');
  await writeFile(path, Buffer.alloc(40_000_000));
  const endpoint = await deadAddress();
  const objects = createS3Objects({ bucket: 'b', region: 'us-east-1', accessKeyId: 'k', secretAccessKey: 's', endpoint });
  await expect(objects.head('a')).rejects.toMatchObject({ code: 'objects.unavailable' });
  await expect(objects.put('a', { path }, { contentType: 'video/mp4' })).rejects.toMatchObject({ code: 'objects.unavailable' });
  await objects.close();
  await rm(folder, { recursive: true });
});

/** An address on which nobody listens: the port was free a moment ago. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No address.');
  return `http://127.0.0.1:${address.port}`;
}
