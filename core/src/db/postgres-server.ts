// What a server must be, and what it means when it does not answer.
import pg from 'pg';
import { TroupeError } from '../errors.ts';
import { databaseErrors } from './errors.ts';

const OLDEST_SERVER = 150_000;
const OLDEST_VECTOR = 'at least 0.8';

/** With these a server ends a session, whatever it calls their severity in its language. */
const ENDS = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04']);
const FATAL = ['FATAL', 'PANIC'];
/** These refuse a setting of the new session, and ours are the role and others that are always allowed. */
const ROLE_REFUSED = ['22023', '42501'];
const BAD_LOGIN = ['28P01', '28000'];

/** Asks for what the migrations will need. Errors: database.too_old, database.no_vector; pg's. */
export async function checkServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number; vector: string | null }>(`
    select current_setting('server_version_num')::int as version,
      (select default_version from pg_available_extensions where name = 'vector') as vector`);
  const [server] = rows;
  if (!server || server.version < OLDEST_SERVER) throw databaseErrors.too_old({ version: server?.version });
  const [major = 0, minor = 0] = (server.vector ?? '').split('.').map(Number);
  if (major === 0 && minor < 8) throw databaseErrors.no_vector({ found: server.vector ?? 'none', needed: OLDEST_VECTOR });
}

/** Whether the connection is gone with this error of pg; otherwise the server refused one statement. */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  return ENDS.has(error.code ?? '') || FATAL.includes(error.severity ?? '');
}

/** A code, or what pg itself says of its connection: other words may be of a row. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' && /^(Connection terminated|Client |Query read timeout|timeout|SASL)/.test(message)
    ? message
    : 'unknown';
}

/** Says why there is no connection. */
export function connectionRefusal(error: unknown): TroupeError {
  if (error instanceof TroupeError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isServers = error instanceof pg.DatabaseError;
  const details = { reason: reasonOf(error) };
  const isOneOf = (codes: readonly string[]) => isServers && codes.includes(String(code));
  // pg says so of a password that is missing, or of a server that does not know it either
  if (isOneOf(BAD_LOGIN) || String(message).startsWith('SASL')) return databaseErrors.bad_login(details, error);
  if (isOneOf(['3D000'])) return databaseErrors.no_database(details, error);
  if (isOneOf(ROLE_REFUSED)) return databaseErrors.no_role(details, error);
  return databaseErrors.unreachable(details, error);
}
