// Files on their way in: bytes wait in quarantine, under an id, until the call that they are for has read them.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'drizzle-orm';
import type { UploadedFile } from '../context.ts';
import type { Database } from '../db/database.ts';
import { databaseError } from '../db/database-error.ts';
import { coreErrors } from '../errors.ts';
import type { Objects } from '../objects/driver.ts';
import type { Call } from './call.ts';
import type { Registry } from './registry.ts';
import { holdsFile } from './schema-rules.ts';
import { storageFault } from './storable.ts';

/** How long an upload waits for its call, and for jobs of that call. */
const KEPT_HOURS = 24;
const UPLOAD_ID = /^upload:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export interface Uploads {
  /**
   * Takes bytes for an action whose gate the caller has passed. Answers the id to hand in.
   * Errors: core.no_file_taken, core.invalid_input for its name, core.body_too_large, core.too_many_uploads.
   */
  receive(call: Pick<Call, 'action' | 'caller'>, name: string, bytes: Readable, mostBytes: number): Promise<string>;
  /** The bytes as a file on this machine, until its `dispose`. Errors: core.unknown_file, core.path_not_allowed. */
  open(call: Pick<Call, 'caller'>, id: string): Promise<UploadedFile>;
  /** Deletes what has expired. Answers how many. */
  sweep(): Promise<number>;
}

interface UploadParts {
  readonly registry: Registry;
  readonly database: Database;
  readonly objects: Objects;
  clock(): Date;
}

export function createUploads({ registry, database, objects, clock }: UploadParts): Uploads {
  return {
    async receive({ action, caller }, name, bytes, mostBytes) {
      const input = registry.actions.get(action)?.action.input;
      if (!input || !holdsFile(input)) throw coreErrors.no_file_taken();
      const fault = storageFault(name, ['name']);
      if (fault) throw coreErrors.invalid_input({ issues: [fault] });
      const id = crypto.randomUUID();
      const folder = await mkdtemp(join(tmpdir(), 'troupe-upload-'));
      try {
        const path = join(folder, 'bytes');
        let size = 0;
        await pipeline(
          bytes,
          async function* (source) {
            for await (const chunk of source) {
              size += chunk.length;
              if (size > mostBytes) throw coreErrors.body_too_large({ mostBytes });
              yield chunk;
            }
          },
          createWriteStream(path, { mode: 0o600 }),
        );
        const expiresAt = new Date(clock().getTime() + KEPT_HOURS * 3_600_000).toISOString();
        await database
          .rows(sql`insert into core.uploads (id, actor, action, name, size, at, expires_at)
          values (${id}, ${caller.principal.id}, ${action}, ${basename(name).slice(0, 255)}, ${size}, ${clock().toISOString()}, ${expiresAt})`)
          .catch((error: unknown) => {
            throw databaseError(error)?.constraint === 'uploads_capped' ? coreErrors.too_many_uploads(undefined, error) : error;
          });
        // the row first: bytes that no row ends would stay for ever
        await objects.put(quarantineKey(id), { path }, { contentType: 'application/octet-stream' });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return `upload:${id}`;
    },

    async open({ caller }, id) {
      const uploadId = UPLOAD_ID.exec(id)?.[1];
      if (!uploadId) return openPath(caller.principal.kind === 'operator', id);
      const [row] = await database.rows<{ name: string; size: string; actor: string }>(
        sql`select name, size, actor from core.uploads where id = ${uploadId} and expires_at > ${clock().toISOString()}`,
      );
      // an agent opens what the person for whom it acts has given
      if (!row || ![caller.principal.id, caller.onBehalfOf?.id].includes(row.actor)) throw coreErrors.unknown_file({ id });
      const folder = await mkdtemp(join(tmpdir(), 'troupe-file-'));
      const path = join(folder, 'bytes');
      const dispose = () => rm(folder, { recursive: true, force: true });
      try {
        await pipeline(await objects.get(quarantineKey(uploadId)), createWriteStream(path, { mode: 0o600 }));
      } catch (error) {
        await dispose();
        throw error;
      }
      return { name: row.name, size: Number(row.size), path, dispose };
    },

    async sweep() {
      const old = await database.rows<{ id: string }>(
        sql`select id from core.uploads where expires_at <= ${clock().toISOString()} limit 1000`,
      );
      for (const { id } of old) {
        await objects.delete(quarantineKey(id));
        await database.rows(sql`delete from core.uploads where id = ${id}`);
      }
      return old.length;
    },
  };
}

const quarantineKey = (id: string) => `quarantine/${id}`;

async function openPath(allowed: boolean, path: string): Promise<UploadedFile> {
  if (!allowed || !isAbsolute(path)) throw coreErrors.path_not_allowed();
  const found = await stat(path).catch((cause: unknown) => {
    throw coreErrors.unknown_file({ path }, cause);
  });
  if (!found.isFile()) throw coreErrors.unknown_file({ path });
  return { name: basename(path), size: found.size, path, dispose: async () => {} };
}
