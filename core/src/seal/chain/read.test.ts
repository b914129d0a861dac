import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { openObjects } from '../../objects/open.ts';
import { createSecret } from '../../secret.ts';
import {
  anvil,
  atEnd,
  notesPlugin,
  startTestChain,
  startTestKernel,
  type TestChain,
  type TestKernel,
} from '../../testing/index.ts';
import type { Finding } from '../findings.ts';
import { sealKeyOf } from '../key.ts';
import { sha256 } from '../merkle.ts';
import { createSealer } from '../sealer.ts';
import { readState } from '../store.ts';
import { verifyLog } from '../verify.ts';
import { createAnchorer } from './anchorer.ts';
import { openNode } from './node.ts';
import { type Listed, readChainAnchors } from './read.ts';
import { listAnchors } from './store.ts';

const program = anvil();
const key = sealKeyOf(sha256('a key for tests').toString('base64'));
const anchorKey = `0x${'5'.repeat(64)}` as const;

describe.runIf(program)('a log that stands on a chain', { timeout: 300_000 }, () => {
  let t: TestKernel;
  let chain: TestChain;
  let address: string;
  /** How far the log went at each of its anchors. */
  const sizes: number[] = [];
  let saved: readonly Listed[] = [];

  const add = (title: string) => t.call(t.as({ id: 'ed', roles: ['editor'] }), 'notes.add-note', { title, amount: '2' });
  async function seal(objects = t.kernel.objects): Promise<void> {
    const sealer = createSealer({
      database: t.database,
      objects,
      log: t.kernel.log,
      metrics: { sealLag() {} },
      key,
      mostLagSeconds: 60,
    });
    await asOwnerWithoutTriggers("update core.seal_lease set until = '-infinity'");
    await vi.waitFor(
      async () => {
        await sealer.seal();
        expect((await readState(t.database.rows)).waiting).toBeUndefined();
      },
      { timeout: 20_000, interval: 100 },
    );
  }
  const asOwnerWithoutTriggers = (...statements: string[]) =>
    t.database.owner((owner) =>
      owner.transaction(async (tx) => {
        await tx.script('set local session_replication_role = replica');
        for (const statement of statements) await tx.script(statement);
      }),
    );
  /** All that the log is made of, made anew by whoever has the key of the house and the object store: so each signature is good. */
  async function sealAnew(): Promise<void> {
    await asOwnerWithoutTriggers('truncate core.sealed_entries, core.sealed_changes, core.sealed_nodes, core.checkpoints');
    const { mkdtemp, rm } = await import('node:fs/promises');
    const folder = await mkdtemp('/tmp/troupe-test-');
    atEnd(() => rm(folder, { recursive: true, force: true }));
    await seal(openObjects({ kind: 'folder', folder }));
  }
  async function verify({
    list = () => listAnchors(t.database.rows, 100) as Promise<readonly Listed[]>,
    origin = key.name,
  } = {}) {
    const findings: Finding[] = [];
    const node = openNode(chain.url);
    const seen = await readChainAnchors({ node, addresses: [address], list, origin });
    const asked = { rows: t.database.rows, keys: [key], outside: [], found: (finding: Finding) => findings.push(finding) };
    const verified = await verifyLog({ ...asked, chain: seen });
    return { ...verified, findings, seen: seen.anchors };
  }
  async function verifyWithoutChain() {
    const findings: Finding[] = [];
    await verifyLog({ rows: t.database.rows, keys: [key], outside: [], found: (finding) => findings.push(finding) });
    return findings;
  }

  beforeAll(async () => {
    t = await startTestKernel([notesPlugin], { workers: false });
    chain = await startTestChain(program ?? '', ['--no-mining']);
    atEnd(() => chain.stop());
    const { privateKeyToAccount } = await import('viem/accounts');
    address = privateKeyToAccount(anchorKey).address.toLowerCase();
    await chain.ask('anvil_setBalance', address, '0x8ac7230489e80000');
    const settings = {
      url: createSecret(chain.url),
      chainId: 31_337,
      everyMinutes: 0,
      confirmations: 2,
      mostFeeADay: 10n ** 18n,
    };
    const anchorer = createAnchorer({
      database: t.database,
      log: t.kernel.log,
      sealer: key,
      settings: { ...settings, key: createSecret(anchorKey) },
    });
    for (let n = 0; n < 3; n++) {
      await add(`before anchor ${n}`);
      await seal();
      sizes.push(Number((await readState(t.database.rows)).head?.size));
      await anchorer.look();
      await chain.ask('anvil_mine', '0x2');
      await anchorer.look();
    }
    saved = await listAnchors(t.database.rows, 100);
  });

  test('is the anchored one, and each anchor says since when', async () => {
    const verified = await verify();
    expect(verified).toMatchObject({ findings: [], anchors: 3, provenOnChainTo: sizes[2] });
    expect(verified.seen.map(({ size, block }) => [size, block])).toEqual(sizes.map((size, n) => [size, 1 + 2 * n]));
    expect(Math.abs(Date.now() - Date.parse(verified.seen[0]?.at ?? ''))).toBeLessThan(600_000);
  });

  test('is told apart from what others sent, what was not sent, and the log of another name', async () => {
    const stranger = await chain.ask<string[]>('eth_accounts').then(([first]) => first);
    const foreign = await chain.ask<string>('eth_sendTransaction', { from: stranger, to: address, value: '0x1' });
    await chain.ask('anvil_mine', '0x1');
    const never = `0x${'0'.repeat(64)}`;
    const list = async () => [
      ...saved,
      { hash: foreign },
      { hash: never, state: 'confirmed' },
      { hash: never.replace('00', '01') },
    ];
    expect((await verify({ list })).findings).toEqual(
      expect.arrayContaining([
        { kind: 'anchor.foreign', from: foreign },
        { kind: 'anchor.gone', from: never },
      ]),
    );
    expect((await verify({ list })).findings).toHaveLength(2);
    expect((await verify({ origin: 'another log' })).findings.map(({ kind }) => kind)).toEqual(Array(3).fill('anchor.other_log'));
  });

  test('and was rewritten and signed again with the stolen key is found by the chain, and by nothing else', async () => {
    const [, second = 0] = sizes;
    await asOwnerWithoutTriggers(
      `update core.audit_entries e set actor = 'eve' from core.sealed_entries s where s.at = e.at and s.id = e.id and s.position = ${second - 1}`,
    );
    await sealAnew();
    expect(await verifyWithoutChain()).toEqual([]);
    expect((await verify()).findings).toEqual([
      {
        kind: 'log.rewritten',
        position: sizes[0],
        until: second,
        size: second,
        from: expect.stringMatching(/^0x[0-9a-f]{64} \(block 3, \d{4}-\d\d-\d\dT[\d:]+Z\)$/),
      },
    ]);
  });

  test('and whose anchors were hidden in the database is found by their number, and by a list that was saved', async () => {
    await asOwnerWithoutTriggers(
      'delete from core.chain_transactions where nonce > 0',
      'delete from core.chain_anchors where nonce > 0',
    );
    expect((await verify()).findings).toEqual([{ kind: 'anchor.unlisted', nonce: 1, until: 3, from: address }]);
    expect((await verify({ list: async () => saved })).findings.map(({ kind }) => kind)).toEqual(['log.rewritten']);
  });

  test('and was cut and signed again is found by the chain, and by nothing else', async () => {
    const [first = 0, , third] = sizes;
    const behind = `select s.at, s.id from core.sealed_entries s where s.position >= ${first}`;
    await asOwnerWithoutTriggers(
      `delete from core.changes c where c.call_id in (select e.call_id from core.audit_entries e where (e.at, e.id) in (${behind}))`,
      `delete from core.audit_bodies b where b.call_id in (select e.call_id from core.audit_entries e where (e.at, e.id) in (${behind}))`,
      `delete from core.audit_entries e where (e.at, e.id) in (${behind})`,
    );
    await sealAnew();
    expect(await verifyWithoutChain()).toEqual([]);
    const { findings } = await verify({ list: async () => saved });
    expect(findings).toEqual([
      { kind: 'log.cut', position: first, until: third, size: third, from: expect.stringContaining('(block 5, ') },
    ]);
    expect((await t.database.rows(sql`select 1 from core.checkpoints`)).length).toBeGreaterThan(0);
  });
});
