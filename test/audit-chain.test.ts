// The sealed log on a chain, as its operator and whoever checks a house meet it: settings, `troupe audit` and `troupe doctor`.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anvil, type ChainGate, startChainGate, startTestChain, type TestChain } from '@troupe-os/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../core/src/db/open.ts';
import { callRest, type Ended, launch, newFolder, newPlace, type Place, startServer, troupe } from './servers.ts';

const program = anvil();
// an address that no other test pays from, and its key
const KEY = 'c0ffee'.padEnd(64, '7');
const COINS = '0x8ac7230489e80000';

interface Listed {
  readonly hash: string;
  readonly address: string;
  readonly state: string;
  readonly size: number;
}

describe.runIf(program)('the sealed log on a chain', { timeout: 300_000 }, () => {
  let chain: TestChain;
  let gate: ChainGate;
  let place: Place;
  let bare: Place;
  let anchor: Listed;
  const said: string[] = [];

  const audit = async (...words: string[]) => heard(await troupe(['audit', ...words], place));
  const heard = (ended: Ended) => {
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  const listed = async () => JSON.parse((await audit('anchors', '--json')).stdout) as Listed[];
  const blockOf = async (hash: string) =>
    (await chain.ask<{ blockNumber: string | null } | null>('eth_getTransactionByHash', hash))?.blockNumber;

  beforeAll(async () => {
    chain = await startTestChain(program ?? '');
    gate = await startChainGate(chain.url);
    bare = await newPlace();
    const env = {
      TROUPE_ANCHOR_CHAIN_URL: gate.url,
      TROUPE_ANCHOR_CHAIN_ID: '31337',
      TROUPE_ANCHOR_KEY: KEY,
      TROUPE_ANCHOR_CONFIRMATIONS: '1',
      LOG_LEVEL: 'debug',
    };
    place = { ...bare, env: { ...bare.env, ...env } };
  }, 300_000);
  afterAll(async () => {
    expect(said.join('').length).toBeGreaterThan(1000);
    expect(said.join('')).not.toContain(KEY);
    await chain.stop();
  });

  test('does not start half set, and says which setting is missing', async () => {
    const { TROUPE_ANCHOR_KEY: _, ...half } = place.env ?? {};
    expect(heard(await troupe(['start'], { ...place, env: half }))).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^A setting has a value .*name: TROUPE_ANCHOR_KEY, takes: a private key [^\n]+\n$/),
    });
  });

  test('is told by the doctor to send coins, which the node answers for', async () => {
    const { stdout } = heard(await troupe(['doctor'], place));
    const address = /^bad +chain +31337, paid for by (0x[0-9a-f]{40}), which holds 0$/m.exec(stdout)?.[1];
    expect(address).toBeDefined();
    await chain.ask('anvil_setBalance', address, COINS);
    expect(heard(await troupe(['doctor'], place)).stdout).toMatch(/^ok +chain +31337, .* holds 10$/m);
  });

  test('is sent after a kill as it was stored before it', async () => {
    gate.lose = 'held';
    const { child, ended } = launch(['start', '--empty'], place);
    await expect.poll(() => gate.seen, { timeout: 300_000 }).toContain('eth_sendRawTransaction');
    child.kill('SIGKILL');
    heard(await ended);
    [anchor] = (await listed()) as [Listed];
    expect([anchor.state, await blockOf(anchor.hash)]).toEqual(['stored', undefined]);

    gate.lose = undefined;
    const next = await startServer(place);
    await callRest(next, next.token, 'ledger.create-unit', { code: 'PTS', title: 'Points', scale: 0 });
    await expect.poll(() => blockOf(anchor.hash), { timeout: 300_000 }).toBe('0x1');
    // the block of a receipt is asked for when it is about to be confirmed, and the stop waits for that
    await expect
      .poll(() => gate.answered.join(' '), { timeout: 300_000 })
      .toContain('eth_getTransactionReceipt eth_getBlockByNumber');
    said.push((await next.stop()).stderr);
    expect(await listed()).toMatchObject([{ hash: anchor.hash, state: 'confirmed' }]);
    expect(heard(await troupe(['doctor'], place)).stdout).toMatch(
      /^ok +anchor +up to row \d+ of \d+, (1 minute|\d+ minutes) ago in block 1$/m,
    );
  });

  test('is checked against the chain, also by somebody with the public key, the list and the address alone', async () => {
    const whole = await audit('verify', '--chain', chain.url);
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('1 of 1 anchors') });
    expect(whole.stdout).toMatch(new RegExp(`up to row ${anchor.size}, since \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z in block 1\\.`));

    const [key, list] = [join(newFolder(), 'key'), join(newFolder(), 'anchors')];
    writeFileSync(key, (await audit('key')).stdout);
    writeFileSync(list, (await audit('anchors', '--json')).stdout);
    const nobodys = ['--public-key', key, '--anchors', list, '--chain', chain.url];
    expect((await audit('verify', ...nobodys)).stderr).toContain('Whose anchors these are is not known here');
    const words = [...nobodys, '--anchor-address', anchor.address];
    const report = JSON.parse((await audit('verify', '--json', ...words)).stdout);
    expect(report).toMatchObject({
      ok: true,
      anchors: 1,
      provenOnChainTo: anchor.size,
      chain: { anchors: [{ hash: anchor.hash, block: 1 }] },
    });

    const other = await startTestChain(program ?? '', ['--chain-id', '5']);
    expect(await audit('verify', '--chain', other.url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('seal.other_chain'),
    });
    await other.stop();
    expect(await audit('verify', '--chain', other.url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('seal.chain_unreachable'),
    });
    expect(await audit('verify', '--anchors', list)).toMatchObject({ code: 2 });
    expect(await audit('verify', '--chain', chain.url, '--anchors', key)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('seal.bad_anchor_list'),
    });
  });

  test('that somebody with the key of the house rewrote is whole to all but the chain', async () => {
    const url = place.env?.DATABASE_URL;
    const folder = join(place.home, 'database');
    const database = await openDatabase(url ? { kind: 'postgres', url } : { kind: 'pglite', folder });
    await database.owner(async (owner) => {
      await owner.script(`set session_replication_role = replica;
        update core.audit_entries set actor = 'eve' where (xid, id) = (select e.xid, e.id from core.audit_entries e order by e.xid, e.id limit 1);
        truncate core.sealed_entries, core.sealed_changes, core.sealed_nodes, core.checkpoints`);
    });
    await database.close();
    rmSync(join(place.home, 'objects/seals'), { recursive: true });
    const server = await startServer(bare); // seals all of it again
    await expect
      .poll(async () => (await fetch(`${server.url}/metrics`)).text(), { timeout: 300_000 })
      .toMatch(/^troupe_seal_lag_seconds 0$/m);
    await server.stop();

    expect(await audit('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing is wrong/) });
    expect(await audit('verify', '--chain', chain.url)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        new RegExp(`^log.rewritten +position 0, until ${anchor.size}, .*from ${anchor.hash} \\(block 1, `),
      ),
    });
  });
});
