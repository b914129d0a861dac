import { asOwner, testDatabaseKind } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { pay, price } from '../testing/till/plugin.ts';
import { startTreasury } from '../testing/treasury.ts';
import { listRules } from './actions/list-rules.ts';
import { removeLimit } from './actions/remove-limit.ts';
import { removeTier } from './actions/remove-tier.ts';
import { setLimit } from './actions/set-limit.ts';
import { setTier } from './actions/set-tier.ts';
import { switchOff } from './actions/switch-off.ts';

const AT_ONCE = 40;

test('calls at once at a limit never go over it, and whoever is refused is told what is left', async () => {
  const t = await startTreasury();
  t.stopClock(); // a window ends at midnight
  const { limitId } = await t.run(t.owner, setLimit, { unit: 'EUR', amount: '1000', windowSeconds: 86_400 });
  price.cents = 90n;
  const spends = Array.from({ length: AT_ONCE }, (_, at) => t.run(t.ada, pay, { to: `Shop ${at}` }));
  const ended = await Promise.allSettled(spends);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(11);
  expect(await t.payments()).toBe(11);

  await expect(t.run(t.ada, pay, { to: 'One more' })).rejects.toMatchObject({
    code: 'governance.limit_reached',
    details: { limitId, unit: 'EUR', left: '10', resetsAt: expect.stringMatching(/T00:00:00.000Z$/) },
  });
  price.cents = 10n;
  await t.run(t.ada, pay, { to: 'What is left' });

  // people are bound by what names them only
  await t.run(t.bob, pay, { to: 'By a person' });
  t.advance(86_400_000);
  await t.run(t.ada, pay, { to: 'The next day' });
});

test('what an action does beyond what it did each time before counts', async () => {
  const t = await startTreasury();
  const { limitId } = await t.run(t.owner, setLimit, { unit: 'EUR', amount: '1000', windowSeconds: 86_400 });
  Object.assign(price, { cents: 10n, tip: 0n });
  for (const to of ['Ann', 'Ben', 'Cem', 'Dee']) await t.run(t.ada, pay, { to });
  price.tip = 2000n;
  await expect(t.run(t.ada, pay, { to: 'Eve' })).rejects.toMatchObject({
    code: 'governance.limit_reached',
    details: { limitId, left: '960' },
  });
  price.tip = 100n;
  for (const to of ['Fay', 'Gil', 'Hal']) await t.run(t.ada, pay, { to });
  price.tip = 0n;
  await t.run(t.ada, pay, { to: 'Ida' });
  expect(await t.payments()).toBe(11); // tips are entries of their own
  price.cents = 1000n;
  await expect(t.run(t.ada, pay, { to: 'Joe' })).rejects.toMatchObject({ details: { left: '620' } });
});

test('a dry run, a call that waits and one that fails at its end use nothing up', async () => {
  const t = await startTreasury();
  await t.run(t.owner, setLimit, { actor: 'bob', unit: 'EUR', amount: '100' });
  price.cents = 100n;
  t.stopClock(); // a window ends at midnight
  await t.call(t.bob, 'till.pay', { to: 'nobody' }, { dryRun: true });
  await t.waits(100n, 'nobody', { id: 'bob', roles: ['editor'], tainted: true });
  await asOwner(t.database, sql`revoke insert on core.audit_entries from troupe_app`);
  try {
    await expect(t.run(t.bob, pay, { to: 'nobody' })).rejects.toMatchObject({ code: 'core.internal' });
  } finally {
    await asOwner(t.database, sql`grant insert on core.audit_entries to troupe_app`);
  }
  await t.run(t.bob, pay, { to: 'somebody' });
  await expect(t.call(t.bob, 'till.pay', { to: 'nobody' }, { dryRun: true })).rejects.toMatchObject({
    code: 'governance.limit_reached',
  });
});

test('a limit can be for one counterparty, and be taken away', async () => {
  const t = await startTreasury();
  const { limitId } = await t.run(t.owner, setLimit, { actor: 'bob', counterparty: 'Dear Ltd', unit: 'EUR', amount: '0' });
  price.cents = 1n;
  await expect(t.run(t.bob, pay, { to: 'Dear Ltd' })).rejects.toMatchObject({ code: 'governance.limit_reached' });
  await t.run(t.bob, pay, { to: 'Cheap Ltd' });

  await t.run(t.owner, removeLimit, { limitId });
  await t.run(t.bob, pay, { to: 'Dear Ltd' });
  await expect(t.run(t.owner, removeLimit, { limitId })).rejects.toMatchObject({ code: 'governance.unknown_limit' });
});

test('tiers are set by the owner; a unit without any is free for no agent', async () => {
  const t = await startTreasury();
  await t.run(t.owner, setTier, { unit: 'EUR', tier: 1, fromAmount: '5' });
  price.cents = 4n;
  await t.run(t.ada, pay, { to: 'Small' });
  await t.waits(5n, 'Large');
  await expect(t.run(t.bob, setTier, { unit: 'EUR', tier: 1, fromAmount: '500' })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });

  for (const tier of [1, 2, 3] as const) await t.run(t.owner, removeTier, { unit: 'EUR', tier });
  const { tiers } = await t.run(t.owner, listRules, {});
  expect(tiers.filter(({ unit }) => unit === 'EUR')).toEqual([]);
  await t.waits(1n, 'Tiny');
});

// an embedded database has one connection: nobody comes in between there
test.runIf(testDatabaseKind === 'postgres')('what is decided while a call works holds for that call', async () => {
  const t = await startTreasury();
  price.cents = 50n;
  await t.run(t.bob, pay, { to: 'Who opens the accounts' });
  /** What `work` does while the call waits for what the lock holds. */
  const meanwhile = async (lock: string, call: () => Promise<unknown>, work: () => Promise<unknown>) => {
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = t.database.owner((owner) =>
      owner.transaction(async (tx) => {
        await tx.rows(sql.raw(lock));
        held.resolve();
        await release.promise;
      }),
    );
    await held.promise;
    const ended = call().then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    const waiting = sql`select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())
      union all select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await expect.poll(async () => (await asOwner(t.database, waiting)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    await work();
    release.resolve();
    await holding;
    return ended;
  };
  const balances = 'select 1 from ledger.balances for update';
  const payment = () => t.run(t.bob, pay, { to: 'Somebody' });
  const limit = { actor: 'bob', unit: 'EUR', amount: '10' };
  let limitId = '';
  const setIt = async () => ({ limitId } = await t.run(t.owner, setLimit, limit));
  expect(await meanwhile(balances, payment, setIt)).toBe('governance.limit_reached');
  await t.run(t.owner, removeLimit, { limitId });
  limit.amount = '1000';
  await setIt();
  expect(await meanwhile(balances, payment, () => t.run(t.owner, removeLimit, { limitId }))).toBe('done');

  const other = t.as({ id: 'oscar', roles: ['owner'] });
  const byOther = () => t.run(other, setLimit, { unit: 'EUR', amount: '7' });
  const off = () => t.run(t.owner, switchOff, { kind: 'actor', target: 'oscar', reason: 'It went wild.' });
  expect(await meanwhile('lock table governance.limits in share mode', byOther, off)).toBe('core.switched_off');
});
