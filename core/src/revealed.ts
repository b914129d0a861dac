// What drivers are opened with: the one place where secrets of the settings are revealed to what needs them.
import { join } from 'node:path';
import type { DatabaseSettings } from './db/database.ts';
import type { EmbeddingsSettings } from './embeddings/open.ts';
import type { MailSettings } from './mail/open.ts';
import type { ObjectsSettings } from './objects/open.ts';
import type { Settings } from './settings.ts';

/** Undefined: the embedded one. */
export function postgresOf({ databaseUrl, databaseOwnerUrl }: Settings): (DatabaseSettings & { kind: 'postgres' }) | undefined {
  if (!databaseUrl) return undefined;
  return { kind: 'postgres', url: databaseUrl.reveal(), ...(databaseOwnerUrl ? { ownerUrl: databaseOwnerUrl.reveal() } : {}) };
}

export function objectsOf({ s3, home }: Settings): ObjectsSettings {
  if (!s3) return { kind: 'folder', folder: join(home, 'objects') };
  const { secretAccessKey, ...rest } = s3;
  return { kind: 's3', ...rest, ...(secretAccessKey ? { secretAccessKey: secretAccessKey.reveal() } : {}) };
}

export function embeddingsOf({ embeddings }: Settings): EmbeddingsSettings {
  if (!embeddings) return { kind: 'embedded' };
  const { apiKey, ...rest } = embeddings;
  return { kind: 'http', ...rest, ...(apiKey ? { apiKey: apiKey.reveal() } : {}) };
}

export function mailOf({ smtp, mailFrom: from, home }: Settings): MailSettings {
  return smtp ? { kind: 'smtp', from, url: smtp.url.reveal() } : { kind: 'folder', from, folder: join(home, 'mail') };
}
