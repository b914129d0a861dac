// What a refused statement may tell: names and codes, never values.

/** Why the database refused a statement. `message` holds no parameters and no row. */
export interface DatabaseError {
  readonly sqlstate: string;
  readonly constraint: string | undefined;
  readonly message: string;
}

/**
 * Finds the database's own words in an error or its causes; undefined if the database said nothing.
 * Log this and never drizzle's error, whose message holds all parameters.
 */
export function databaseError(error: unknown): DatabaseError | undefined {
  for (let link = error; link instanceof Error; link = link.cause) {
    const fields = fieldsOf(link);
    if (fields) return { sqlstate: fields.code, constraint: fields.constraint, message: safeMessage(fields.code, link.message) };
  }
  return undefined;
}

/** An error of either driver without its values (parameters, row, query); anything else as it is. */
export function withoutValues(error: unknown): unknown {
  const fields = error instanceof Error ? fieldsOf(error) : undefined;
  if (!fields || !(error instanceof Error)) return error;
  return Object.assign(new Error(safeMessage(fields.code, error.message)), { name: 'PostgresError', ...fields });
}

interface Fields {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
}

function fieldsOf(error: Error): Fields | undefined {
  const { code, severity, constraint, constraint_name } = error as Error & Record<string, unknown>;
  if (typeof code !== 'string' || typeof severity !== 'string') return undefined; // EPIPE looks like a SQLSTATE
  const name = constraint_name ?? constraint;
  return { code, severity, ...(typeof name === 'string' && { constraint: name }) };
}

/** Data exceptions (class 22) quote the value that they refuse; all others quote names. */
function safeMessage(sqlstate: string, message: string): string {
  return sqlstate.startsWith('22') ? message.replace(/".*"/s, '"…"') : message;
}
