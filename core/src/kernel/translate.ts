// Whatever was thrown, as an error that a caller may read.
import { databaseError } from '../db/database-error.ts';
import { coreErrors, type ErrorFactory, TroupeError } from '../errors.ts';

/** SQLSTATE classes that mean "try again" or "not now" (PostgreSQL, appendix A). */
const BUSY: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/**
 * An expected error stays itself, and a database that is away or busy says so; a violated constraint becomes the error declared for it;
 * the rest is a fault of ours, `core.internal`, of which the caller learns no more than that.
 */
export function translate(thrown: unknown, constraints: ReadonlyMap<string, ErrorFactory> = new Map()): TroupeError {
  if (thrown instanceof TroupeError) return thrown;
  // what the database refuses for a while a handler meets inside drizzle's error
  if (
    thrown instanceof Error &&
    holdsParameters(thrown) &&
    thrown.cause instanceof TroupeError &&
    thrown.cause.kind === 'unavailable'
  )
    return thrown.cause;
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

/** An error for the log with its causes: where it was thrown, without parameters of statements, which may be secret. */
export function describeForLog(error: unknown): string {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const messages: string[] = [];
  for (let link: unknown = thrown; link instanceof Error && messages.length < MOST_CAUSES; link = link.cause)
    messages.push(holdsParameters(link) ? 'query failed' : messageOf(link));
  const places = thrown.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return [messages.join(' <- '), ...places.slice(0, 6)].join('\n');
}

const MOST_CAUSES = 5;

/** Of a fault of ours no caller is told the details: they are for the log. */
function messageOf(error: Error): string {
  const details = error instanceof TroupeError && error.kind === 'internal' ? error.details : undefined;
  return details ? `${error.message} ${JSON.stringify(details)}` : error.message;
}

/** Drizzle's error: its message is the statement with all its parameters. It names itself no other way. */
const holdsParameters = (error: Error): boolean => 'query' in error && 'params' in error;
