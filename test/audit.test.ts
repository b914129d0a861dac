// The sealed log as whoever checks a house meets it: with `troupe audit`, beside a stopped server.
import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { OwnerSession } from '../core/src/db/database.ts';
import { openDatabase } from '../core/src/db/open.ts';
import { readState } from '../core/src/seal/store.ts';
import { callRest, newFolder, newPlace, type Place, startServer, troupe } from './servers.ts';

describe('the sealed log', { timeout: 240_000 }, () => {
  let place: Place;
  let callId = '';
  let key = '';
  let anchor = '';

  const audit = (...words: string[]) => troupe(['audit', ...words], place);
  /** As somebody who has all rights on the database, with its triggers off. */
  async function tamper(work: (owner: OwnerSession) => Promise<unknown>): Promise<void> {
    const url = place.env?.DATABASE_URL;
    const settings = url ? { kind: 'postgres', url } : { kind: 'pglite', folder: join(place.home, 'database') };
    const database = await openDatabase(settings as Parameters<typeof openDatabase>[0]);
    try {
      await database.owner(async (owner) => {
        await owner.script('set session_replication_role = replica');
        await work(owner);
      });
    } finally {
      await database.close();
    }
  }

  async function cutTail(owner: OwnerSession): Promise<void> {
    for (const table of ['sealed_entries', 'sealed_changes'])
      await owner.rows(sql`delete from ${sql.raw(`core.${table}`)} where position >= 3`);
    await owner.rows(sql`delete from core.checkpoints`);
  }

  beforeAll(async () => {
    place = await newPlace();
    const server = await startServer(place);
    const unit = { code: 'PTS', title: 'Points', scale: 0 };
    ({ callId } = (await callRest(server, server.token, 'ledger.create-unit', unit)) as { callId: string });
    await callRest(server, server.token, 'ledger.create-unit', { ...unit, code: 'XPS' });
    expect((await (await fetch(`${server.url}/metrics`)).text()).match(/^troupe_seal_lag_seconds \d/m)).toBeTruthy();
    await sealedOn(place);
    await server.stop();

    key = join(newFolder(), 'key');
    writeFileSync(key, (await audit('key')).stdout);
    const seals = join(place.home, 'objects/seals');
    const folder = join(seals, readdirSync(seals)[0] ?? '');
    anchor = join(newFolder(), 'checkpoint');
    copyFileSync(join(folder, readdirSync(folder).sort()[0] ?? ''), anchor);
  }, 300_000);

  test('is whole after the server has stopped, up to its last row, and each use of it is recorded', async () => {
    const ended = await audit('verify', '--json');
    const report = JSON.parse(ended.stdout) as Record<string, number>;
    expect(ended.code).toBe(0);
    expect(report).toMatchObject({ ok: true, faults: 0, waiting: 0, findings: [], outside: expect.any(Number) });
    expect(report.provenOutsideTo).toBe(report.leaves);
    expect(JSON.parse((await audit('show', callId, '--json')).stdout)).toMatchObject([
      { action: 'ledger.create-unit', outcome: 'succeeded', changes: [{ table: 'ledger.units', operation: 'insert' }] },
    ]);
    expect(JSON.parse((await audit('verify', '--json')).stdout)).toMatchObject({ ok: true, waiting: 1 });
  });

  test('proves a call to somebody who has the public key and nothing else', async () => {
    const proof = join(newFolder(), 'proof.json');
    writeFileSync(proof, (await audit('prove', callId)).stdout);
    const stranger: Place = { home: join(newFolder(), 'nothing') };
    const check = (path: string) => troupe(['audit', 'verify-proof', path, '--public-key', key], stranger);
    expect(await check(proof)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`The call ${callId} stands in the log`),
    });

    writeFileSync(proof, (await audit('prove', callId)).stdout.replace('Points', 'Pounds'));
    expect(await check(proof)).toMatchObject({ code: 1, stderr: expect.stringContaining('seal.bad_proof') });
    expect(existsSync(stranger.home)).toBe(false);
  });

  test('names the row of a flipped bit, a deleted row and a cut tail, with the public key and one saved checkpoint alone', async () => {
    await tamper((owner) => owner.rows(sql`update core.audit_entries set trace_id = trace_id || '0' where call_id = ${callId}`));
    expect(await audit('verify')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`^entry.edited .*${callId}`)),
    });
    await tamper(async (owner) => {
      const found = sql`select outcome, error from core.audit_entries where action = 'core.verify-audit' order by id desc limit 1`;
      expect(await owner.rows(found)).toEqual([{ outcome: 'failed', error: 'seal.tampered' }]); // what opens an incident
      await owner.rows(sql`delete from core.audit_entries where call_id = ${callId}`);
    });
    expect(await audit('verify')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^entry.deleted +position \d+, at \S+, id \d+/m),
    });

    await tamper(cutTail);
    for (const secret of ['seal-key', 'objects']) rmSync(join(place.home, secret), { recursive: true });
    const offline = await audit('verify', '--public-key', key, '--checkpoints', anchor);
    expect(offline).toMatchObject({ code: 1, stdout: expect.stringMatching(/^log.cut +position 3, until \d+/m) });
    expect((await audit('verify')).stderr).toContain('--public-key');
  });

  test('does not go on where a tail was cut while the server was away, and says so', async () => {
    const other = await newPlace();
    const before = await startServer(other);
    await before.stop();
    place = other;
    await tamper(cutTail);
    const server = await startServer(other);
    await callRest(server, server.token, 'ledger.create-unit', { code: 'PTS', title: 'Points', scale: 0 });
    await expect
      .poll(async () => (await fetch(`${server.url}/readyz`)).text(), { timeout: 300_000 })
      .toContain('could not be sealed');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  });
});

/** On a server a transaction of another test holds rows back for a while; embedded, the server seals all when it stops. */
async function sealedOn({ env }: Place): Promise<void> {
  if (!env?.DATABASE_URL) return;
  const database = await openDatabase({ kind: 'postgres', url: env.DATABASE_URL, max: 1 });
  try {
    await vi.waitFor(async () => expect((await readState(database.rows)).waiting).toBeUndefined(), { timeout: 300_000 });
  } finally {
    await database.close();
  }
}

test('whoever restored a database begins a new epoch, which leaves a row of its own', { timeout: 300_000 }, async () => {
  const place = await newPlace();
  expect(await troupe(['migrate'], place)).toMatchObject({ code: 0 });
  const ended = await troupe(['database', 'restored'], place);
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^A new epoch has begun: [0-9a-f-]{36}, after [0-9a-f-]{36}/),
  });
  const again = await troupe(['database', 'restored'], place);
  expect(/after (\S+)\./.exec(again.stdout)?.[1]).toBe(/begun: (\S+),/.exec(ended.stdout)?.[1]);
  const rows = (out: string) => Number(/The (\d+) rows/.exec(out)?.[1]);
  expect(rows(again.stdout)).toBe(rows(ended.stdout) + 1);
  expect(await troupe(['database', 'forgotten'], place)).toMatchObject({ code: 2 });
});
