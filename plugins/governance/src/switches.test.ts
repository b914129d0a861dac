import { defineAction, definePlugin } from '@troupe-os/core';
import { startTestKernel, testDatabaseKind } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
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
