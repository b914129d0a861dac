import { defineAction, definePlugin } from '@troupe-os/core';
import { asOwner, startTestKernel, testDatabaseKind } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { pay, price } from '../testing/till/plugin.ts';
import { startTreasury } from '../testing/treasury.ts';
import { listRules } from './actions/list-rules.ts';
import { switchOff } from './actions/switch-off.ts';
import { switchOn } from './actions/switch-on.ts';
import { governancePlugin } from './index.ts';

const t = await startTreasury();
price.cents = 1n;

test.each([
  { kind: 'actor', target: 'ada' },
  { kind: 'actor', target: 'ann' },
  { kind: 'plugin', target: 'till' },
  { kind: 'action', target: 'till.pay' },
] as const)('the $kind $target is stopped at once, and works again when it is switched on', async (what) => {
  await t.run(t.ada, pay, { to: 'before' });
  await t.run(t.owner, switchOff, { ...what, reason: 'It went wild.' });
  await expect(t.run(t.ada, pay, { to: 'meanwhile' })).rejects.toMatchObject({ code: 'core.switched_off' });
  expect((await t.run(t.owner, listRules, {})).switches).toMatchObject([{ ...what, setBy: 'olga' }]);
  await expect(t.run(t.owner, switchOff, { ...what, reason: 'Once more' })).rejects.toMatchObject({
    code: 'governance.switched_off_already',
  });

  await t.run(t.owner, switchOn, what);
  await t.run(t.ada, pay, { to: 'after' });
  await expect(t.run(t.owner, switchOn, what)).rejects.toMatchObject({ code: 'governance.not_switched_off' });
});

test.each([
  { kind: 'plugin', target: 'governance' },
  { kind: 'action', target: 'governance.switch-on' },
  { kind: 'action', target: 'identity.sign-in' },
  { kind: 'actor', target: 'local-operator' },
] as const)('the $kind $target stays on: nobody could switch it on again', async (what) => {
  await expect(t.run(t.owner, switchOff, { ...what, reason: 'x' })).rejects.toMatchObject({
    code: 'governance.cannot_switch_off',
  });
});

test('who holds the right on one brand alone switches nothing', async () => {
  const gil = t.as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });
  const stop = { kind: 'actor', target: 'ann', reason: 'x' } as const;
  await expect(t.run(gil, switchOff, stop)).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(t.run(gil, listRules, {})).rejects.toMatchObject({ code: 'core.unknown_action' });
});

// an embedded database has one connection: nobody comes in between there
test.runIf(testDatabaseKind === 'postgres').each([
  { changes: 1, tries: 2, answer: 'done' },
  { changes: 3, tries: 3, answer: 'core.busy' },
])(
  'a write in whose time rights change $changes times is tried $tries times, and is $answer',
  async ({ changes, tries, answer }) => {
    let made = 0;
    const turns = Array.from({ length: changes }, () => [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const);
    const count = defineAction({
      name: 'slow.count',
      title: 'Count',
      description: 'Is overtaken.',
      effect: 'write',
      consequential: false,
      risk: 'low',
      permission: 'slow.time.take',
      input: z.strictObject({}),
      output: z.strictObject({ made: z.int() }),
      async handler(ctx) {
        const [begun, goOn] = turns[made++] ?? [];
        await ctx.db.execute(sql`select`); // a handler begins beside its call: once it is answered the call has begun
        begun?.resolve();
        await goOn?.promise;
        return { made };
      },
    });
    const slow = definePlugin({
      id: 'slow',
      version: '1.0.0',
      from: import.meta.url,
      permissions: { 'slow.time.take': { title: 'Take time', roles: ['editor'] } },
      tables: {},
      actions: [count],
    });
    const house = await startTestKernel([identityPlugin, governancePlugin, slow]);
    const call = house.run(house.as({ id: 'ed', roles: ['editor'] }), count, {}).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    for (const [begun, goOn] of turns) {
      await begun.promise;
      await asOwner(house.database, sql`update core.rights set version = version + 1`);
      goOn.resolve();
    }
    const ended = await call;
    const rows = await house.database.rows(sql`select outcome from core.audit_entries where action = 'slow.count'`);
    expect([ended, made, rows]).toEqual([answer, tries, [{ outcome: answer === 'done' ? 'succeeded' : 'failed' }]]);
  },
);

test.runIf(testDatabaseKind === 'postgres')(
  'whoever is switched off while a call of theirs is in progress has done nothing',
  async () => {
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const linger = defineAction({
      name: 'slow.linger',
      title: 'Linger',
      description: 'Takes its time.',
      effect: 'write',
      consequential: false,
      risk: 'low',
      permission: 'slow.time.take',
      input: z.strictObject({}),
      output: z.strictObject({}),
      async handler() {
        begun.resolve();
        await goOn.promise;
        return {};
      },
    });
    const slow = definePlugin({
      id: 'slow',
      version: '1.0.0',
      from: import.meta.url,
      permissions: { 'slow.time.take': { title: 'Take time', roles: ['editor'] } },
      tables: {},
      actions: [linger],
    });
    const house = await startTestKernel([identityPlugin, governancePlugin, slow]);
    const [ed, owner] = [house.as({ id: 'ed', roles: ['editor'] }), house.as({ id: 'olga', roles: ['owner'] })];
    const call = house.run(ed, linger, {}).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    await begun.promise;
    await house.run(owner, switchOff, { kind: 'actor', target: 'ed', reason: 'It went wild.' });
    goOn.resolve();
    expect(await call).toBe('core.switched_off');
  },
);
