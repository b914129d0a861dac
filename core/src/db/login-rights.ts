// What the application's login could do beside being the application, asked of the server itself.
import type { ClientBase } from 'pg';
import { ask } from './postgres-client.ts';
import { checkServer } from './postgres-server.ts';

export interface LoginRights {
  readonly name: string;
  /** What it could do that the application must not; empty: nothing. */
  readonly powers: readonly string[];
}

interface Row {
  readonly name: string;
  readonly superuser: boolean;
  readonly creates_roles: boolean;
  readonly replicates: boolean;
  readonly creates_schemas: boolean;
  readonly owns: number;
}

const RIGHTS = `
  select rolname as name, rolsuper as superuser, rolcreaterole as creates_roles, rolreplication or rolbypassrls as replicates,
    has_database_privilege(session_user, current_database(), 'create') as creates_schemas,
    (select count(*)::integer from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^(pg_|information_schema$)' and pg_has_role(session_user, c.relowner, 'member')) as owns
  from pg_roles where rolname = session_user`;

/** Connects once. Errors: those of connecting, database.unreachable and its like. */
export async function loginRights(url: string): Promise<LoginRights> {
  return ask(url, rightsOf);
}

async function rightsOf(client: ClientBase): Promise<LoginRights> {
  await checkServer(client);
  const {
    rows: [row],
  } = await client.query<Row>(RIGHTS);
  if (!row) throw new Error('The server does not know who is connected.');
  const powers = [
    ...(row.superuser ? ['is a superuser'] : []),
    ...(row.creates_roles ? ['makes roles'] : []),
    ...(row.replicates ? ['replicates or bypasses row security'] : []),
    ...(row.creates_schemas ? ['makes schemas'] : []),
    ...(row.owns > 0 ? [`owns ${row.owns} tables, or may become who does`] : []),
  ];
  return { name: row.name, powers: row.superuser ? powers.slice(0, 1) : powers };
}
