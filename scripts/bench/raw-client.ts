// Statements by hand, with nothing of ours between them and the database's own client: what the kernel is measured against.
import type { DatabaseSettings } from '../../core/src/db/database.ts';
import { startPglite } from '../../core/src/db/pglite-client.ts';

export interface RawClient {
  /** One statement by itself. */
  query(text: string, params: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Statements in one transaction. */
  transaction(run: (query: RawClient['query']) => Promise<void>): Promise<void>;
  script(text: string): Promise<void>;
  close(): Promise<void>;
}

/** On Postgres prepared statements of postgres.js; on PGlite the same worker thread that the house uses. */
export async function openRawClient(settings: DatabaseSettings): Promise<RawClient> {
  if (settings.kind === 'postgres') {
    const { default: postgres } = await import('postgres');
    const client = postgres(settings.url, { max: 10, onnotice() {} });
    return {
      query: (text, params) => client.unsafe(text, params as never[], { prepare: true }),
      transaction: async (run) => {
        await client.begin((tx) => run((text, params) => tx.unsafe(text, params as never[], { prepare: true })));
      },
      script: async (text) => {
        await client.unsafe(text);
      },
      close: () => client.end(),
    };
  }
  const pglite = await startPglite(settings.folder, await settings.snapshot?.arrayBuffer());
  return {
    query: (text, params) => pglite.query({ text, params, form: 'objects' }) as never,
    transaction: async (run) => {
      const turn = await pglite.take('begin');
      await run((text, params) => turn.query({ text, params, form: 'objects' }) as never);
      await turn.give('commit');
    },
    script: async (text) => {
      await pglite.client.exec(text);
    },
    close: () => pglite.close(),
  };
}
