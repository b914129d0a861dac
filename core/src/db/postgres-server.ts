// What a server must be, and what it means when it does not answer.
import type { Sql } from 'postgres';
import type { ErrorFactory, TroupeError } from '../errors.ts';
import { databaseErrors } from './errors.ts';

const OLDEST_SERVER = 150_000;
const OLDEST_VECTOR = 'at least 0.8';

const NEVER_REACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'CONNECT_TIMEOUT',
  'CONNECTION_ENDED',
  '57P03',

  '53300',
]);
const LOST = new Set(['57P01', '57P02', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** Fatal, these refuse a setting of the new session, and ours are the role and others that are always allowed. */
const ROLE_REFUSED = new Set(['22023', '42501']);
const BAD_LOGIN = new Set(['28P01', '28000', 'SASL_SIGNATURE_MISMATCH']);

/**
 * Asks for what the migrations will need. Errors: database.too_old, database.no_vector, and those of `connectionError`.
 */
export async function checkServer(client: Sql): Promise<void> {
  const [server] = await client<{ version: number; vector: string | null }[]>`
    select current_setting('server_version_num')::int as version,
      (select default_version from pg_available_extensions where name = 'vector') as vector`.catch((error) => {
    throw connectionError(error, databaseErrors.unreachable) ?? error;
  });
  if (!server || server.version < OLDEST_SERVER) throw databaseErrors.too_old({ version: server?.version });
  const [major = 0, minor = 0] = (server.vector ?? '').split('.').map(Number);
  if (major === 0 && minor < 8) throw databaseErrors.no_vector({ found: server.vector ?? 'none', needed: OLDEST_VECTOR });
}

/** The connection was there, and ended before the answer. */
export function isLost(error: unknown): boolean {
  return LOST.has(String((error as { code?: unknown }).code));
}

/** It came to a pool that was being replaced, and was sent nowhere. */
export function wasNotSent(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'CONNECTION_ENDED';
}

/** postgres.js tells the last error of a terminated connection once more, to the first statement of the one that takes its place. */
export function isEcho(error: unknown, text: string): boolean {
  const { query } = error as { query?: unknown };
  return isLost(error) && typeof query === 'string' && query !== text;
}

/** Says what failed between us and the server: `lost` when it was already at work; undefined for a refused statement. */
export function connectionError(error: unknown, lost: ErrorFactory): TroupeError | undefined {
  const { code, severity, syscall } = error as { code?: unknown; severity?: unknown; syscall?: unknown };
  if (typeof code !== 'string') return undefined;
  const details = { reason: code };
  if (NEVER_REACHED.has(code) || syscall === 'connect') return databaseErrors.unreachable(details, error);
  if (LOST.has(code)) return lost(details, error);
  if (BAD_LOGIN.has(code)) return databaseErrors.bad_login(details, error);
  if (code === '3D000' && severity === 'FATAL') return databaseErrors.no_database(details, error);
  if (ROLE_REFUSED.has(code) && severity === 'FATAL') return databaseErrors.no_role(details, error);
  return undefined;
}
