import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../observe/log.ts';
import { createSecret } from '../../secret.ts';
import {
  anvil,
  asOwner,
  notesPlugin,
  startChainGate,
  startTestChain,
  startTestKernel,
  type TestChain,
  type TestKernel,
} from '../../testing/index.ts';
import { sealKeyOf } from '../key.ts';
import { sha256 } from '../merkle.ts';
import { createSealer, type Sealer } from '../sealer.ts';
import { readState } from '../store.ts';
import { type AnchorerParts, type ChainAnchorSettings, coins, createAnchorer } from './anchorer.ts';
import { decodeAnchor } from './payload.ts';
import { type ListedAnchor, listAnchors } from './store.ts';

const program = anvil();
const sealKey = sealKeyOf(sha256('a key for tests').toString('base64'));
const CHAIN_ID = 31_337;
const ONE_COIN = 10n ** 18n;

let t: TestKernel;
let sealer: Sealer;
let keys = 0;

const add = () => t.call(t.as({ id: 'ed', roles: ['editor'] }), 'notes.add-note', { title: 'a note', amount: '2' });
/** One more row of the record, under a checkpoint. */
async function grow(): Promise<void> {
  await add();
  await vi.waitFor(
    async () => {
      await sealer.seal();
      expect((await readState(t.database.rows)).waiting).toBeUndefined();
    },
    { timeout: 20_000, interval: 100 },
  );
}

beforeAll(async () => {
  t = await startTestKernel([notesPlugin], { workers: false });
  sealer = createSealer({
    database: t.database,
    objects: t.kernel.objects,
    log: t.kernel.log,
    metrics: { sealLag() {} },
    key: sealKey,
    mostLagSeconds: 60,
  });
});

test('a fee is told in coins', () => {
  expect([coins(0n), coins(1n), coins(10n ** 17n), coins(250n * ONE_COIN)]).toEqual(['0', '0.000000000000000001', '0.1', '250']);
});

test('nothing of the library that signs is loaded by a house that anchors on no chain', async () => {
  const { execFileSync } = await import('node:child_process');
  const program = `import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, context, next) { if (name.startsWith('viem')) seen.push(name); return next(name, context); } });
    for (const file of ['./anchorer.ts', '../../settings.ts']) await import(new URL(file, ${JSON.stringify(import.meta.url)}).href);
    console.log(JSON.stringify(seen));
    await (await import(${JSON.stringify(new URL('./signer.ts', import.meta.url).href)})).openSigner({ chainId: 1, key: { reveal: () => '0x${'1'.repeat(64)}' } });
    console.log(seen.includes('viem/accounts'));`;
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(told).toBe('[]\ntrue\n');
});

describe.runIf(program)('a log that is anchored on a chain', { timeout: 300_000 }, () => {
  let chain: TestChain;
  let settings: ChainAnchorSettings;
  let address: string;
  let lines: string[];

  const parts = (more: Partial<ChainAnchorSettings> = {}, others: Partial<AnchorerParts> = {}): AnchorerParts => ({
    database: t.database,
    log: createLog({ level: 'debug', write: (line) => void lines.push(line) }),
    sealer: sealKey,
    settings: { ...settings, ...more },
    ...others,
  });
  const anchorer = (...given: Parameters<typeof parts>) => createAnchorer(parts(...given));
  const anchors = async () => (await listAnchors(t.database.rows, 100)).filter((one) => one.address === address);
  const newest = async () => (await anchors())[0] as ListedAnchor;
  const mine = (blocks = 1) => chain.ask('anvil_mine', `0x${blocks.toString(16)}`);
  const known = (hash: string) =>
    chain.ask<{ blockNumber: string | null; input: string } | null>('eth_getTransactionByHash', hash);
  const forget = (hash: string) => chain.ask('anvil_dropTransaction', hash);

  beforeEach(async () => {
    chain = await startTestChain(program ?? '', ['--no-mining']);
    lines = [];
    const key = `0x${(++keys).toString(16).padStart(64, '7')}` as const;
    const { privateKeyToAccount } = await import('viem/accounts');
    address = privateKeyToAccount(key).address.toLowerCase();
    settings = {
      url: createSecret(chain.url),
      chainId: CHAIN_ID,
      key: createSecret(key),
      everyMinutes: 0,
      confirmations: 3,
      mostFeeADay: ONE_COIN,
    };
    await chain.ask('anvil_setBalance', address, '0x8ac7230489e80000');
    await grow();
  });
  afterEach(async () => {
    expect(lines.join('')).not.toContain(settings.key.reveal().slice(2));
    await chain.stop();
  });

  test('says its size and root there once, and is confirmed when enough blocks lie on it', async () => {
    const one = anchorer();
    await one.look();
    const { hash, size, root } = await newest();
    expect(await newest()).toMatchObject({ state: 'sent', nonce: 0, chainId: CHAIN_ID });
    await mine(2);
    await one.look();
    expect((await newest()).state).toBe('sent');
    await mine();
    await one.look();
    expect(await newest()).toMatchObject({ state: 'confirmed', hash, blockNumber: 1, blockAt: expect.any(Date) });

    const said = decodeAnchor(Buffer.from((await known(hash))?.input.slice(2) ?? '', 'hex'));
    expect(said).toMatchObject({ size, log: sha256(sealKey.name) });
    expect(Buffer.from(said?.root ?? []).toString('base64')).toBe(root);

    await one.look(); // nothing is new
    await grow();
    await one.look();
    expect((await anchors()).map(({ nonce, state }) => [nonce, state])).toEqual([
      [1, 'sent'],
      [0, 'confirmed'],
    ]);
    expect(lines.join('')).toContain('the log is anchored on the chain');
  });

  test('is stored before it is sent: what was signed is sent when the process or the node went away between the two', async () => {
    const gate = await startChainGate(chain.url);
    gate.lose = 'request';
    await expect(anchorer({ url: createSecret(gate.url) }).look()).rejects.toMatchObject({ code: 'seal.chain_unreachable' });
    const { hash } = await newest();
    expect(await newest()).toMatchObject({ state: 'unknown', nonce: 0 });
    expect(await known(hash)).toBeNull();

    gate.lose = undefined;
    await anchorer({ url: createSecret(gate.url) }).look(); // another process
    expect(await anchors()).toMatchObject([{ state: 'sent', hash }]);
    expect(await known(hash)).not.toBeNull();
  });

  test('is asked about by its hash when the answer was lost, and not sent a second time', async () => {
    const gate = await startChainGate(chain.url);
    gate.lose = 'answer';
    await expect(anchorer({ url: createSecret(gate.url) }).look()).rejects.toMatchObject({ code: 'seal.chain_unreachable' });
    const { hash } = await newest();
    expect(await newest()).toMatchObject({ state: 'unknown' });
    await mine(3);
    gate.lose = undefined;
    await anchorer({ url: createSecret(gate.url) }).look();
    expect(await anchors()).toMatchObject([{ state: 'confirmed', hash }]);
    expect(gate.seen.filter((method) => method === 'eth_sendRawTransaction')).toHaveLength(1);
  });

  test('is sent again as it was where the chain was written anew without it, before and after it was confirmed', async () => {
    const one = anchorer();
    const before = await chain.ask('evm_snapshot');
    await one.look();
    const { hash } = await newest();
    await mine(2);
    await one.look();
    await chain.ask('evm_revert', before);
    await forget(hash).catch(() => undefined); // a chain that went back may have it in its pool again
    expect(await known(hash)).toBeNull();
    await mine();
    await one.look();
    await mine(3);
    await one.look();
    expect(await anchors()).toMatchObject([{ state: 'confirmed', hash, nonce: 0 }]);

    await grow();
    await one.look();
    await mine(3);
    await one.look();
    expect((await anchors()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
    await chain.ask('anvil_reorg', 6, []);
    for (const lost of await anchors()) await forget(lost.hash).catch(() => undefined);
    expect(await known(hash)).toBeNull();
    await grow();
    await one.look();
    expect((await anchors()).map(({ nonce, state }) => [nonce, state])).toEqual([
      [1, 'sent'],
      [0, 'sent'],
    ]);
    await mine(3);
    await one.look();
    expect((await anchors()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
  });

  test('waits while the node is away, says so, and goes on when it is back', async () => {
    const gate = await startChainGate(chain.url);
    gate.isAway = true;
    const one = anchorer({ url: createSecret(gate.url) });
    one.start();
    await expect
      .poll(() => one.remark(), { timeout: 10_000 })
      .toBe('the log could not be anchored on the chain: The node of the chain does not answer.');
    expect(await anchors()).toEqual([]);
    await add(); // nobody's call is refused
    gate.isAway = false;
    await expect.poll(() => one.remark(), { timeout: 20_000 }).toBeUndefined();
    expect(await newest()).toMatchObject({ state: 'sent' });
    await one.stop();
    expect(lines.filter((line) => line.includes('could not be anchored'))).toHaveLength(1);
  });

  test('is not told to another chain, nor paid for with what is not there, nor for more than a day may cost', async () => {
    await expect(anchorer({ chainId: 1 }).look()).rejects.toMatchObject({
      code: 'seal.other_chain',
      details: { expected: 1, answered: CHAIN_ID },
    });
    await expect(anchorer({ mostFeeADay: 1n }).look()).rejects.toMatchObject({ code: 'seal.anchor_capped' });
    await chain.ask('anvil_setBalance', address, '0x1');
    await expect(anchorer().look()).rejects.toMatchObject({
      code: 'seal.anchor_unfunded',
      details: { address, balance: '0.000000000000000001' },
    });
    expect(await anchors()).toEqual([]);
    expect(await chain.ask('eth_getTransactionCount', address, 'pending')).toBe('0x0');
  });

  test('is offered more for after a while, under the same number, as long as a day may cost it', async () => {
    const one = anchorer({}, { patienceSeconds: 0 });
    await one.look();
    const [{ hash: cheap }] = (await anchors()) as [ListedAnchor];
    const fee = BigInt((await newest()).feeWei);
    await expect(anchorer({ mostFeeADay: fee }, { patienceSeconds: 0 }).look()).rejects.toMatchObject({
      code: 'seal.anchor_capped',
    });
    await one.look();
    const [{ hash: dear }] = (await anchors()) as [ListedAnchor];
    expect([dear === cheap, await known(cheap), (await anchors()).map(({ nonce }) => nonce)]).toEqual([false, null, [0, 0]]);
    for (let n = 0; n < 8; n++) await one.look();
    expect(await anchors()).toHaveLength(6);
    await mine(3);
    await one.look();
    const [confirmed, ...more] = await anchors();
    expect([confirmed?.state, more]).toEqual(['confirmed', []]);
    expect(BigInt(confirmed?.feeWei ?? 0)).toBeLessThan(ONE_COIN);
  });

  test('is anchored anew where something else used the number of its transaction', async () => {
    const one = anchorer();
    await one.look();
    await forget((await newest()).hash);
    await chain.ask('anvil_impersonateAccount', address);
    await chain.ask('eth_sendTransaction', { from: address, to: address, value: '0x1' });
    await mine(3);
    await one.look();
    expect(await newest()).toMatchObject({ state: 'displaced', nonce: 0, feeWei: '0' });
    await one.look();
    expect(await newest()).toMatchObject({ state: 'sent', nonce: 1 });
    expect(lines.join('')).toContain('was used for something else');
  });

  test('is anchored once by several processes', async () => {
    const others = [anchorer(), anchorer(), anchorer(), anchorer()];
    for (let n = 0; n < 4; n++) {
      await grow();
      // as if nobody held the lease: what holds is the key of the table
      const free = setInterval(() => void asOwner(t.database, sql`update core.seal_lease set anchor_until = '-infinity'`), 5);
      await Promise.all(others.map((one) => one.look()));
      clearInterval(free);
      await mine(3);
    }
    await others[0]?.look();
    const nonces = (await anchors()).map(({ nonce }) => nonce);
    expect(nonces).toEqual([...nonces.keys()].reverse());
    expect(Number(await chain.ask('eth_getTransactionCount', address, 'pending'))).toBe(nonces.length);
  });

  test('the database lets an anchor go forwards only, and keeps it', async () => {
    await anchorer().look();
    const { hash } = await newest();
    const refused = (statement: string, code: string) =>
      expect(asOwner(t.database, sql.raw(statement.replace('MINE', `address = '${address}'`)))).rejects.toMatchObject({ code });
    await refused("update core.chain_anchors set state = 'stored' where MINE", 'TR005');
    await refused('update core.chain_anchors set size = size + 1 where MINE', 'TR005');
    await refused("update core.chain_anchors set state = 'confirmed' where MINE", '23514');
    await refused('delete from core.chain_anchors where MINE', 'TR002');
    await refused(`update core.chain_transactions set raw = '0x00' where hash = '${hash}'`, 'TR002');
    await refused(
      'insert into core.chain_anchors (chain_id, address, nonce, size, root, fee_wei) select chain_id, address, nonce + 1, size + 1, root, 1 from core.chain_anchors where MINE',
      'TR005',
    );
    await expect(t.database.rows(sql`update core.chain_anchors set size = size + 1`)).rejects.toMatchObject({ code: '42501' });
  });
});
