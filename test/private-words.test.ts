// What somebody has remembered, says and has drawn is read in the record by them alone, whatever else others may read there.
import type { Caller } from '@troupe-os/core/surface';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';

const SLOW = { timeout: 300_000 };
let house: FurnishedHouse;
beforeAll(async () => {
  house = await startFurnishedHouse();
}, 300_000);

async function person(role: string): Promise<Caller> {
  const { personId = '' } = await house.ask('identity.create-person', {
    name: role,
    email: `${crypto.randomUUID()}@people.test`,
  });
  const signedIn = await house.signInByLink(personId); // nobody signs an Auditor in
  await house.ask('identity.grant-role', { personId, role }, house.operator);
  return signedIn;
}

test(
  'the words of memories, messages and charts are shown to nobody else, once saved, said twice, tried or refused',
  SLOW,
  async () => {
    const [ann, admin, auditor] = [await person('admin'), await person('admin'), await person('auditor')];
    const remember = { text: 'SECRET my salary is low' };
    const chart = { kind: 'line', title: 'SECRET', categories: ['SECRET'], series: [{ name: 'SECRET', values: ['1'] }] };
    await house.ask('workforce.save-memory', remember, ann);
    await house.ask('workforce.save-memory', remember, ann);
    await house.call(ann, 'workforce.save-memory', { text: 'SECRET tried' }, { dryRun: true });
    const nowhere = { ...remember, scope: 'brand', scopeId: 'nowhere' };
    await expect(house.ask('workforce.save-memory', nowhere, ann)).rejects.toThrow();
    const { conversationId } = await house.ask('workforce.start-conversation', { title: 'Talk' }, ann);
    await house.ask('workforce.add-message', { conversationId, text: 'SECRET said' }, ann);
    await house.ask('charts.draw-chart', chart, ann);

    const calls = await house.database.rows<{ call_id: string; action: string }>(
      sql`select call_id, action from core.audit_entries where actor = ${ann.principal.id} and effect = 'write' order by id`,
    );
    const shown = async (viewer: Caller) => {
      const told: string[] = [];
      for (const { call_id: callId, action } of calls) {
        const call = JSON.stringify(await house.ask('governance.get-call', { callId }, viewer));
        if (call.includes('SECRET')) told.push(action);
      }
      return told;
    };
    for (const viewer of [admin, house.owner, auditor]) expect(await shown(viewer)).toEqual([]);
    expect(await shown(ann)).toEqual([
      ...Array.from({ length: 4 }, () => 'workforce.save-memory'),
      'workforce.add-message',
      'charts.draw-chart',
    ]);
  },
);
