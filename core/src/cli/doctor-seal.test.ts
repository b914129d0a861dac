import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { asOwner, notesPlugin, startTestKernel, testDatabaseKind } from '../testing/index.ts';
import { sealFindings } from './doctor-seal.ts';

test.runIf(testDatabaseKind === 'postgres')(
  'names the open transaction that holds the seal back, of another database too',
  async () => {
    const { database } = await startTestKernel([notesPlugin], { workers: false });
    const ask = () => database.owner(({ rows }) => sealFindings(rows));
    const stranger = new Client({
      connectionString: process.env.TROUPE_TEST_DATABASE_URL ?? '',
      application_name: 'a long import',
    });
    await stranger.connect();
    try {
      await stranger.query('begin');
      const { rows } = await stranger.query<{ pid: number }>('select pg_backend_pid() as pid, pg_current_xact_id()');
      await asOwner(
        database,
        sql`insert into core.audit_entries (at, call_id, epoch, request_id, trace_id, kind, cause, plugin, plugin_version, action, effect, actor, tainted, outcome, digest)
          select now() - interval '1 minute', gen_random_uuid(), epoch, '', '', 'action', 'test', 'notes', '1', 'notes.add-note', 'write', 'ed', false, 'succeeded', '' from core.epoch`,
      );
      const named = async () => {
        const [finding] = await ask();
        expect(finding).toMatchObject({ state: 'note', todo: expect.stringContaining(`pg_terminate_backend(${rows[0]?.pid})`) });
        expect(finding?.says).toMatch(
          /rows? without a seal, the oldest for \d+ s; held back by a long import \(process \d+\) of \S+ in database postgres/,
        );
      };
      await vi.waitFor(named, { timeout: 20_000 }); // transactions of other tests that are older end by themselves
    } finally {
      await stranger.end();
    }
  },
);
