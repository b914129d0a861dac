// Objects in a bucket of S3 or of anything that speaks its protocol. The SDK is loaded by the first call.
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { ObjectInfo, Objects } from './driver.ts';
import { objectErrors } from './errors.ts';
import { assertContentType, assertKey, assertPrefix, assertRange, isKey, type Range } from './rules.ts';
import { openSource } from './source.ts';

const partSize = 8 * 1024 * 1024;
const headsAtOnce = 16;
const unknownType = 'application/octet-stream';

export interface S3Settings {
  readonly bucket: string;
  /** The address of a server that is not Amazon's. */
  readonly endpoint?: string;
  readonly region: string;
  /** Without keys the SDK looks where it always does: environment, profile, role of the machine. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Stands before every key, so that one bucket may serve several houses. */
  readonly prefix?: string;
  /** The bucket in the path instead of the host name; most servers that are not Amazon's want it. */
  readonly forcePathStyle?: boolean;
}

/** Objects in an existing bucket. Buffers and files go up in parts of 8 MB, which nobody sees before the last one is there. */
export function createS3Objects(settings: S3Settings): Objects {
  const { bucket: Bucket } = settings;
  const prefix = settings.prefix ? `${settings.prefix.replace(/\/+$/, '')}/` : '';
  let opened: Promise<OpenedClient> | undefined;

  function open(): Promise<OpenedClient> {
    opened ??= openClient(settings);
    return opened;
  }

  function placeOf(key: string): { Bucket: string; Key: string } {
    assertKey(key);
    return { Bucket, Key: prefix + key };
  }

  async function put(
    key: string,
    body: Uint8Array | { path: string },
    { contentType }: { contentType: string },
  ): Promise<ObjectInfo> {
    const place = placeOf(key);
    assertContentType(contentType);
    const { client, Upload } = await open();
    const source = await openSource(body);
    try {
      const params = { ...place, Body: source.bytes, ContentType: contentType };
      await new Upload({ client, params, partSize, queueSize: 2 }).done().catch(fail);
      return { key, size: source.size, contentType };
    } finally {
      await source.close();
    }
  }

  async function head(key: string): Promise<ObjectInfo | undefined> {
    const place = placeOf(key);
    const { client, HeadObjectCommand } = await open();
    const found = await client
      .send(new HeadObjectCommand(place))
      .catch((error: unknown) => (isMissing(error) ? undefined : fail(error)));
    return found && { key, size: found.ContentLength ?? 0, contentType: found.ContentType ?? unknownType };
  }

  async function get(key: string, range?: Range): Promise<Readable> {
    const place = placeOf(key);
    if (range) assertRange(range);
    const { client, GetObjectCommand } = await open();
    const Range = range && `bytes=${range.start}-${range.end}`;
    const answer = await client.send(new GetObjectCommand({ ...place, Range })).catch((error: unknown) => {
      if (isMissing(error)) throw objectErrors.missing({ key });
      if (statusOf(error) === 416) throw objectErrors.bad_range({ ...range });
      return fail(error);
    });
    return bodyOf(answer);
  }

  async function remove(key: string): Promise<void> {
    const place = placeOf(key);
    const { client, DeleteObjectCommand } = await open();
    await client.send(new DeleteObjectCommand(place)).catch((error: unknown) => (isMissing(error) ? undefined : fail(error)));
  }

  async function* list(below: string): AsyncIterable<ObjectInfo> {
    assertPrefix(below);
    const { client, ListObjectsV2Command } = await open();
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix + below, ContinuationToken })).catch(fail);
      const keys = (page.Contents ?? []).map(({ Key = '' }) => Key.slice(prefix.length)).filter(isKey);
      for (let first = 0; first < keys.length; first += headsAtOnce) {
        const found = await Promise.all(keys.slice(first, first + headsAtOnce).map(head));
        for (const info of found) if (info) yield info;
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  async function close(): Promise<void> {
    if (opened) (await opened).client.destroy();
  }

  return { kind: 's3', put, head, get, delete: remove, list, close };
}

type OpenedClient = Awaited<ReturnType<typeof openClient>>;

async function openClient({ endpoint, region, accessKeyId, secretAccessKey, forcePathStyle = false }: S3Settings) {
  const [sdk, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  const client: S3Client = new sdk.S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined && secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // the newer checksums are trailers that servers other than Amazon's do not understand
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
  });
  return { ...sdk, client, Upload };
}

function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  if (Body instanceof Readable) return Body;
  throw objectErrors.unavailable({ reason: 'The answer has no body.' });
}

function fail(error: unknown): never {
  throw objectErrors.unavailable({ reason: error instanceof Error ? error.name : 'unknown', status: statusOf(error) }, error);
}

/** A missing bucket is no missing object: somebody has to know. (A HEAD request cannot tell them apart.) */
const isMissing = (error: unknown): boolean => statusOf(error) === 404 && error instanceof Error && error.name !== 'NoSuchBucket';

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata as { httpStatusCode?: number };
  return metadata.httpStatusCode;
}
