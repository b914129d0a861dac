// Several server processes on one Postgres database: one house, whichever of them is asked, and whichever of them dies.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testDatabaseKind } from '@troupe-os/core/testing';
import postgres from 'postgres';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callRest, moduleUrl, newDatabase, newFolder, type Place, type RunningServer, startServer } from './servers.ts';

const SLOW = { timeout: 300_000 };
const EVENTUALLY = { timeout: 60_000, interval: 100 };

describe.runIf(testDatabaseKind === 'postgres')('three processes on one database', SLOW, () => {
  let place: Place;
  let servers: readonly RunningServer[];
  let database: postgres.Sql;

  beforeAll(async () => {
    const DATABASE_URL = await newDatabase();
    // one home: they share the files that are kept in it, as machines share a bucket
    place = { home: join(newFolder(), 'home'), root: newInstallation(), env: { DATABASE_URL } };
    servers = [await startServer(place), await startServer(place), await startServer(place)];
    database = postgres(DATABASE_URL, { max: 1, onnotice() {} });
  }, 300_000);
  afterAll(() => database?.end());

  const [one, two, three] = [0, 1, 2].map((at) => () => servers[at] as RunningServer) as [Asked, Asked, Asked];
  const asOperator = (at: Asked, action: string, input?: unknown) => callRest(at(), at().token, action, input);

  test('a session and a token made on one are good on the others, and what is revoked on one is revoked on all at once', async () => {
    const { body: made } = await asOperator(one, 'identity.create-link', {});
    const { body: opened } = await callRest(two(), undefined, 'identity.redeem-link', { link: made.link });
    const cookie = `troupe_session=${opened.session}`;
    for (const at of [one, two, three]) expect(await statusWithCookie(at(), cookie)).toBe(200);
    const again = await callRest(three(), undefined, 'identity.redeem-link', { link: made.link });
    expect(again.status).not.toBe(200);

    const { body: token } = await asOperator(two, 'identity.create-token', { name: 'script', role: 'admin' });
    const ask = (at: Asked) => callRest(at(), String(token.token), 'ledger.list-accounts');
    for (const at of [one, two, three]) expect((await ask(at)).status).toBe(200);
    await asOperator(three, 'identity.revoke-role', { personId: token.actorId, role: 'admin' });
    for (const at of [one, two, three]) expect((await ask(at)).body).toMatchObject({ code: 'core.unknown_action' });
    await asOperator(one, 'identity.grant-role', { personId: token.actorId, role: 'admin' });
    for (const at of [three, two, one]) expect((await ask(at)).status).toBe(200);
    await asOperator(two, 'identity.revoke-token', { tokenId: token.tokenId });
    for (const at of [one, two, three]) expect((await ask(at)).status).toBe(401);
  });

  test('one key sent to all of them at once, many times over, is done once and answered alike', async () => {
    for (let round = 0; round < 5; round++) {
      const { body: token } = await asOperator(one, 'identity.create-token', { name: `round ${round}`, role: 'admin' });
      const entry = {
        memo: `round ${round}`,
        postings: [
          { path: 'assets:bank', unit: 'EUR', amount: '100' },
          { path: 'equity:capital', unit: 'EUR', amount: '-100' },
        ],
      };
      const key = crypto.randomUUID();
      const asked = [one, two, three, one, two, three].map((at) =>
        callRest(at(), String(token.token), 'ledger.post-entry', entry, { key }),
      );
      const answers = await Promise.all(asked);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
      expect(new Set(answers.map(({ body }) => body.entryId)).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await database`select 1 from ledger.entries where memo = ${`round ${round}`}`).toHaveLength(1);
    }
  });

  test('they share the jobs and the events, and do each of them once', async () => {
    const notes = await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const { body } = await asOperator([one, two, three][at % 3] as Asked, 'notes.add-note', { title: `note ${at}` });
        return String(body.noteId);
      }),
    );
    await Promise.all(
      notes.map((noteId, at) => asOperator([one, two, three][at % 3] as Asked, 'notes.plan-reading', { noteId })),
    );

    await expect.poll(() => waiting(database), EVENTUALLY).toEqual({ jobs: 0, events: 0 });
    // the steps of a job count up, so one that was done twice would show
    const read = await database`select seen from notes.readers where reader_id <> 'subscription'`;
    expect(read.map(({ seen }) => seen)).toEqual(notes.map(() => 2));
    expect(await database`select 1 from notes.readers where reader_id = 'subscription'`).toHaveLength(notes.length);
    expect(await repeated(database)).toEqual([]);
    const shares = await Promise.all([one, two, three].map((at) => jobsDoneBy(at(), 'notes.read-later')));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(60);
    expect(shares.filter((share) => share > 0).length).toBeGreaterThan(1);
  });

  test('one that is killed in the middle of its work loses nothing acknowledged, and the others finish its jobs', async () => {
    const folder = await pictures(40);
    const { status, body } = await asOperator(three, 'assets.import', { file: folder, brandId: 'gallery' });
    expect(status).toBe(200);
    const acknowledged: string[] = [];
    const writing = (async () => {
      for (let n = 0; ; n++) {
        const made = await asOperator(three, 'notes.add-note', { title: `before the end ${n}` }).catch(() => undefined);
        if (made?.status !== 200) return;
        acknowledged.push(String(made.body.noteId));
      }
    })();
    await expect.poll(() => workedOnBy(database), EVENTUALLY).toBeGreaterThan(3);
    await three().kill9();
    await writing;

    const there = await database`select id from notes.notes where id in ${database(acknowledged)}`;
    expect(there).toHaveLength(acknowledged.length);
    await expect
      .poll(async () => (await asOperator(one, 'assets.get-import', { importId: body.importId })).body, EVENTUALLY)
      .toMatchObject({ total: 40, done: 40, failed: 0, waiting: 0 });
    await expect.poll(() => waiting(database), EVENTUALLY).toEqual({ jobs: 0, events: 0 });
    expect(await repeated(database)).toEqual([]);
    expect(await database`select 1 from assets.assets`).toHaveLength(40);
    expect(await database`select note_id from notes.readers where note_id in ${database(acknowledged)}`).toHaveLength(
      acknowledged.length,
    );
  });

  test('one that is told to stop ends its work, and one that starts anew joins the others', async () => {
    expect(await two().stop()).toMatchObject({ code: 0, stderr: '' });
    const joined = await startServer(place);
    const { body } = await callRest(joined, joined.token, 'ledger.list-units');
    expect((body.items as { code: string }[]).map(({ code }) => code)).toContain('EUR');
  });
});

type Asked = () => RunningServer;

async function statusWithCookie({ url }: RunningServer, cookie: string): Promise<number> {
  const headers = { cookie, origin: url, 'content-type': 'application/json' };
  return (await fetch(`${url}/api/identity/get-me`, { method: 'POST', headers, body: '{}' })).status;
}

/** Jobs and deliveries that are not done yet. */
async function waiting(database: postgres.Sql): Promise<{ jobs: number; events: number }> {
  const [row] = await database<{ jobs: number; events: number }[]>`select
    (select count(*)::int from queue.job where name = 'jobs' and state in ('created', 'retry', 'active')) as jobs,
    (select count(*)::int from core.deliveries where state = 'waiting') as events`;
  return row ?? { jobs: -1, events: -1 };
}

/** Steps and deliveries that the record says were done more than once, and failed or dead ones. */
function repeated(database: postgres.Sql): Promise<unknown[]> {
  return database`select cause, action, count(*)::int as times from core.audit_entries
    where kind in ('job', 'subscription') and outcome = 'succeeded' group by 1, 2 having count(*) > 1`.then((rows) => [...rows]);
}

/** How many files of the import are works by now. */
async function workedOnBy(database: postgres.Sql): Promise<number> {
  const [row] = await database<{ count: number }[]>`select count(*)::int as count from assets.assets`;
  return row?.count ?? 0;
}

async function jobsDoneBy({ url }: RunningServer, job: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith('troupe_jobs_total') && one.includes(`job="${job}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** A folder of pictures, none like another. */
async function pictures(many: number): Promise<string> {
  const folder = join(newFolder(), 'pictures');
  mkdirSync(folder);
  for (let at = 0; at < many; at++) {
    const bars = Array.from({ length: 12 }, (_, bar) => {
      const height = 40 + ((at * 37 + bar * bar * 53 + at * bar * 11) % 700);
      return `<rect x="${bar * 80}" y="${800 - height}" width="70" height="${height}" fill="hsl(${(at * 29 + bar * 31) % 360} 70% 50%)"/>`;
    });
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="800">${bars.join('')}</svg>`;
    writeFileSync(join(folder, `picture-${at}.png`), await sharp(Buffer.from(drawing)).png().toBuffer());
  }
  return folder;
}

/** The installation of the repository without its surfaces, and with a plugin that tells events and makes small jobs. */
function newInstallation(): string {
  const root = newFolder();
  writeFileSync(
    join(root, 'troupe.config.ts'),
    `import { defineInstallation } from '${moduleUrl('core/src/installation.ts')}';
import { notesPlugin } from '${moduleUrl('core/src/testing/notes/plugin.ts')}';
import installation from '${moduleUrl('troupe.config.ts')}';

export default defineInstallation({ plugins: [...installation.plugins, notesPlugin], surfaces: [] });
`,
  );
  return root;
}
