// Where bytes live: a folder or an S3 bucket. One interface, one shared suite (core/src/testing/objects-suite.ts).
import type { Readable } from 'node:stream';
import type { Range } from './rules.ts';

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
}

/** Every method may throw `objects.bad_key`, and `objects.unavailable` where the disk or the bucket fails. */
export interface Objects {
  readonly kind: string;
  /**
   * Stores the bytes of a file or buffer whole or not at all; writing the same key again replaces it. Key: `[a-z0-9/._-]+`, no `..`.
   * Errors: objects.bad_content_type, objects.unreadable.
   */
  put(key: string, body: Uint8Array | { path: string }, options: { contentType: string }): Promise<ObjectInfo>;
  /** The object's facts, or undefined where there is none. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /**
   * Streams the bytes, or the inclusive range of them; an end behind the last byte means the last byte. Read the stream or destroy it.
   * Errors: objects.missing, objects.bad_range where the range starts behind the last byte.
   */
  get(key: string, range?: Range): Promise<Readable>;
  /** Nothing happens where there is no such object. */
  delete(key: string): Promise<void>;
  /** Objects whose key begins with the prefix, in the order of their keys. On S3 this asks for each object's content type: for sweeps, not for pages. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Lets go of connections. Nothing may be asked afterwards. */
  close(): Promise<void>;
}
