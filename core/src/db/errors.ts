import { defineErrors } from '../errors.ts';

/** Failures of the database itself. What a statement was refused for is read with `databaseError`. */
export const databaseErrors = defineErrors('database', {
  locked: { kind: 'unavailable', message: 'Another process has this data folder open.' },
  open_failed: { kind: 'unavailable', message: 'The data folder cannot be opened.' },
  bad_url: {
    kind: 'invalid',
    message: 'DATABASE_URL is not the address of a Postgres database, like postgres://user:password@host:5432/name.',
  },
  unreachable: { kind: 'unavailable', message: 'The database cannot be reached. Try again.' },
  bad_login: { kind: 'unavailable', message: 'The database refuses the user or the password of DATABASE_URL.' },
  no_database: { kind: 'unavailable', message: 'The server has no database of the name in DATABASE_URL.' },
  no_role: {
    kind: 'unavailable',
    message: 'The user of DATABASE_URL cannot become troupe_app: run the migrations, or grant it that role.',
  },
  no_vector: { kind: 'unavailable', message: 'This Postgres lacks the extension pgvector 0.8 or newer.' },
  too_old: { kind: 'unavailable', message: 'This Postgres is older than version 15.' },
  gone: { kind: 'unavailable', message: 'The database went away before it answered: whether the change was made is not known.' },
  timeout: { kind: 'unavailable', message: 'The database took too long, and the transaction was rolled back.' },
  context_dead: { kind: 'internal', message: 'A context was used after its handler ended.' },
  open_queries: { kind: 'internal', message: 'A handler ended with a query still running.' },
  nested_transaction: {
    kind: 'internal',
    message: 'Inside a transaction only its own database works, and it cannot begin or end one.',
  },
  of_session: { kind: 'internal', message: 'A statement cannot change its session, nor copy from or to its caller.' },
  not_embedded: { kind: 'invalid', message: 'Only the embedded database can be dumped as a snapshot.' },
});
