// Whatever was thrown, as an error that a caller may read.
import { databaseError } from '../db/database-error.ts';
import { coreErrors, type ErrorFactory, TroupeError } from '../errors.ts';

/** SQLSTATE classes that mean "try again" or "not now" (PostgreSQL, appendix A). */
const BUSY: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/** An expected error stays itself; a violated constraint becomes the error declared for it; the rest is `core.internal`. */
export function translate(thrown: unknown, constraints: ReadonlyMap<string, ErrorFactory>): TroupeError {
  if (thrown instanceof TroupeError) return thrown;
  if (thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError'))
    return coreErrors.timeout(undefined, thrown);
  const failed = databaseError(thrown);
  if (!failed) return coreErrors.internal(undefined, thrown);
  const declared = failed.constraint && constraints.get(failed.constraint);
  if (declared) return declared(undefined, thrown);
  if (BUSY.has(failed.sqlstate)) return coreErrors.busy(undefined, thrown);
  if (failed.sqlstate === '57014') return coreErrors.timeout(undefined, thrown);
  if (/^(08|53|57P)/.test(failed.sqlstate)) return coreErrors.unavailable(undefined, thrown);
  return coreErrors.internal(undefined, thrown);
}

/** An error for the log: where it was thrown, without parameters of statements, which may be secret. */
export function describeForLog(error: unknown): string {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const cause = thrown.cause instanceof Error ? ` <- ${thrown.cause.message}` : '';
  const message = thrown.name === 'DrizzleQueryError' ? 'query failed' : thrown.message;
  const places = thrown.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return [`${message}${cause}`, ...places.slice(0, 6)].join('\n');
}
