// Expected failures, as tables: one row gives the HTTP status, the chat sentence, the exit code and the entry in the docs.

export const HTTP_STATUS = {
  approval: 403,
  unauthenticated: 401,
  scope: 403,
  missing: 404,
  conflict: 409,
  invalid: 422,
  limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorKind = keyof typeof HTTP_STATUS;

/** A failure that a caller may read and act on. `code` is stable; ids and numbers stand in `details`, never in `message`. */
export class TroupeError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(row: { code: string; kind: ErrorKind; message: string }, details?: Record<string, unknown>, cause?: unknown) {
    super(row.message, { cause });
    this.name = 'TroupeError';
    this.code = row.code;
    this.kind = row.kind;
    this.details = details;
  }
}

/** What every surface says of an error: a stable code, one sentence, details that the caller may read, and the id to quote. */
export function errorBody(error: TroupeError, requestId: string) {
  const details = error.kind === 'internal' ? undefined : error.details;
  return { code: error.code, message: error.message, ...(details ? { details } : {}), requestId };
}

export type ErrorFactory = ((details?: Record<string, unknown>, cause?: unknown) => TroupeError) & {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  /** Names of database constraints whose violation means this error. */
  readonly constraints: readonly string[];
};

interface ErrorRow {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly constraints?: readonly string[];
}

/**
 * Declares a plugin's errors. Throw one with `throw ledgerErrors.unbalanced({ sum })`.
 * A row that names database constraints is also thrown when one of them refuses a write.
 */
export function defineErrors<const T extends Record<string, ErrorRow>>(
  plugin: string,
  table: T,
): { readonly [K in keyof T]: ErrorFactory } {
  const factories = Object.entries(table).map(([name, { kind, message, constraints = [] }]) => {
    const row = { code: `${plugin}.${name}`, kind, message };
    const create = (details?: Record<string, unknown>, cause?: unknown) => new TroupeError(row, details, cause);
    return [name, Object.assign(create, { code: row.code, kind, message, constraints })];
  });
  return Object.freeze(Object.fromEntries(factories));
}

/** What every surface may answer, whatever the plugin. */
export const coreErrors = defineErrors('core', {
  unknown_brand: { kind: 'invalid', message: 'There is no such brand.' },
  unknown_action: { kind: 'missing', message: 'There is no such action.' },
  unauthenticated: { kind: 'unauthenticated', message: 'Sign in first.' },
  bad_credentials: { kind: 'unauthenticated', message: 'These credentials are wrong or have expired.' },
  scope_needed: { kind: 'scope', message: 'This token does not cover the action.' },
  second_factor_needed: {
    kind: 'scope',
    message: 'Those in charge need a second factor. Add an authenticator or a passkey at /account, or sign in with yours.',
  },
  denied: { kind: 'scope', message: 'A policy does not allow this.' },
  approval_needed: { kind: 'approval', message: 'This waits for the yes of a person. Nothing has been done yet.' },
  not_approved: { kind: 'conflict', message: 'This call is not approved, or not any more.' },
  approver_lost: { kind: 'scope', message: 'Whoever approved this may not do so any more.' },
  switched_off: { kind: 'unavailable', message: 'This has been switched off by somebody in charge.' },
  approval_unavailable: { kind: 'scope', message: 'This needs the approval of a person, and nobody can give one here.' },
  invalid_input: { kind: 'invalid', message: 'The input is not what the action expects.' },
  unknown_name: { kind: 'missing', message: 'Nothing that you may see goes by this name.' },
  ambiguous_name: { kind: 'conflict', message: 'Several things go by this name. Say the id.' },
  invalid_json: { kind: 'invalid', message: 'The body is not JSON.' },
  body_too_large: { kind: 'invalid', message: 'The body is larger than this address accepts.' },
  bad_cursor: { kind: 'invalid', message: 'This cursor does not come from an answer of this list. Begin without it.' },
  key_needed: { kind: 'invalid', message: 'Send an Idempotency-Key: this action must not happen twice by accident.' },
  key_reused: { kind: 'conflict', message: 'This idempotency key was used for another call.' },
  repeated: { kind: 'conflict', message: 'The same call was on its way with the same key. That one was done.' },
  shown_once: { kind: 'conflict', message: 'This was done already, and its secret answer is shown only once.' },
  busy: { kind: 'conflict', message: 'Somebody else is changing the same thing. Try again.' },
  unknown_file: { kind: 'missing', message: 'There is no such uploaded file, or it has expired.' },
  too_many_uploads: {
    kind: 'limited',
    message: 'Too many uploaded files wait for what they are for. Use them, or wait a day.',
  },
  no_file_taken: { kind: 'invalid', message: 'This action takes no file.' },
  path_not_allowed: { kind: 'invalid', message: "Paths on the server's disk are for its operator only. Upload the file." },
  cross_site: { kind: 'scope', message: 'This request came from another site.' },
  wrong_host: {
    kind: 'scope',
    message: 'This server does not answer under that name. Set PUBLIC_URL to the address that people use.',
  },
  unreachable: { kind: 'missing', message: 'There is no such address.' },
  not_dry_runnable: { kind: 'invalid', message: 'Only writes have a dry run.' },
  too_many_calls: { kind: 'limited', message: 'There were too many calls within a minute. Wait, and try again.' },
  timeout: { kind: 'unavailable', message: 'This took too long and was stopped.' },
  unavailable: { kind: 'unavailable', message: 'The database cannot be reached. Try again.' },
  internal: { kind: 'internal', message: 'Something went wrong on our side.' },
});

/** What is wrong with a house itself, told to whoever starts it or writes its plugins. */
export const houseErrors = defineErrors('core', {
  bad_plugin: { kind: 'internal', message: 'A plugin does what its declaration does not allow, or declares what cannot be.' },
  unknown_subscription: { kind: 'missing', message: 'The plugin that subscribed is not installed.' },
  bad_setting: { kind: 'invalid', message: 'A setting has a value that it does not take.' },
  other_secret: {
    kind: 'invalid',
    message:
      'This database was made with another TROUPE_SECRET. Give every process the one of the first (TROUPE_SECRET, or the file "secret" in its TROUPE_HOME).',
  },
  port_taken: { kind: 'conflict', message: 'The port is taken by another program. Choose another one with PORT=….' },
  bad_host: { kind: 'invalid', message: 'The server cannot listen there. Check HOST and PORT.' },
  unsafe_setup: { kind: 'invalid', message: 'This house does not start in production as it is set up.' },
  runs_already: {
    kind: 'conflict',
    message: 'A server with this data folder runs already. Stop it, or give this one another TROUPE_HOME.',
  },
  no_server: { kind: 'unavailable', message: 'The server did not start. What it said stands in its log.' },
  no_installation: { kind: 'missing', message: 'There is no troupe.config.ts here or above.' },
  old_node: { kind: 'unavailable', message: 'Troupe OS needs a newer Node.' },
  plugin_exists: { kind: 'conflict', message: 'A plugin or a folder of this name is there already: nothing was written.' },
  migration_changed: {
    kind: 'internal',
    message: 'A migration was changed after it had been applied. Restore it, and put the change in a new file.',
  },
  migration_failed: { kind: 'internal', message: 'A migration failed and was rolled back.' },
  unwatched_table: { kind: 'internal', message: 'A table is not captured: changes to it would leave no trace.' },
  undeclared_table: { kind: 'internal', message: 'A table is declared by no plugin: nothing says who may read it.' },
  missing_table: { kind: 'internal', message: 'A table is declared but not made by a migration.' },
});
