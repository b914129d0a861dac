// What somebody has remembered, says and has drawn is read in the record by them alone, whatever else others may read there.
import type { Caller } from '@troupe-os/core/surface';
import { everyRow } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';

const SLOW = { timeout: 300_000 };
let house: FurnishedHouse;
let [ann, admin, auditor]: Caller[] = [];
beforeAll(async () => {
  house = await startFurnishedHouse();
  [ann, admin, auditor] = [await person('admin'), await person('admin'), await person('auditor')];
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

/** An agent serves many: what it does for one of them is not for whom it serves next. */
const agentOf = (who: Caller | undefined): Caller => ({
  principal: { id: house.things.agentId ?? '', kind: 'agent', name: 'agent', credential: 'conversation:test' },
  ...(who ? { onBehalfOf: who.principal } : {}),
  tainted: false,
});

async function remembersSaysAndDraws(): Promise<void> {
  const remember = { text: 'SECRET my salary is low' };
  const chart = { kind: 'line', title: 'SECRET', categories: ['SECRET'], series: [{ name: 'SECRET', values: ['1'] }] };
  for (const who of [ann, ann, agentOf(ann)]) await house.ask('workforce.save-memory', remember, who);
  await house.call(ann as Caller, 'workforce.save-memory', { text: 'SECRET tried' }, { dryRun: true });
  const nowhere = { ...remember, scope: 'brand', scopeId: 'nowhere' };
  await expect(house.ask('workforce.save-memory', nowhere, ann)).rejects.toThrow();
  await house.ask('charts.draw-chart', chart, ann);
}

/** An agent answers, and what was said before is summed up. */
async function talks(): Promise<void> {
  const { agentId } = house.things;
  const run = { runId: crypto.randomUUID(), runner: crypto.randomUUID() };
  const [price] = await house.database.rows<{ model: string }>(sql`select model from workforce.model_prices`);
  const { conversationId } = await house.ask('workforce.start-conversation', { title: 'Talk', agentId }, ann);
  for (const text of ['SECRET one', 'two', 'three']) await house.ask('workforce.add-message', { conversationId, text }, ann);
  const about = { conversationId, agentId, personId: ann?.principal.id, caller: '{}', trace: '', requestId: 'r' };
  const keeps = (action: string, more: object) => house.ask(action, { ...run, ...more }, house.itself(action));
  await keeps('workforce.start-run', { ...about, kind: 'summary', models: [price?.model], requestBytes: 10 });
  await keeps('workforce.keep-answer', { number: 1, text: 'SECRET sum', calls: '[]' });
  await keeps('workforce.begin-step', { number: 2, summary: { text: 'SECRET sum', upTo: 2 }, requestBytes: 10 });
  await keeps('workforce.finish-run', { status: 'done', text: 'What the agent says itself.' });
}

/** Answers the id of the approval. */
async function asksFirst(): Promise<string> {
  const policy = 'forbid (principal, action, resource) when { principal.kind == "agent" };';
  await house.ask('governance.set-rule', { name: 'ask', target: 'workforce.save-memory', outcome: 'ask', policy, note: 'x' });
  const asking = house.ask('workforce.save-memory', { text: 'SECRET that waits' }, agentOf(ann));
  const refusal = await asking.catch((error: unknown) => error);
  return (refusal as { details: { approvalId: string } }).details.approvalId;
}

/** The actions whose calls show a secret word to this viewer. */
async function shownTo(viewer: Caller | undefined): Promise<string[]> {
  const calls = await house.database.rows<{ call_id: string; action: string }>(
    sql`select call_id, action from core.audit_entries where effect = 'write' and action ~ '^(workforce|charts)' order by id`,
  );
  const told: string[] = [];
  for (const { call_id: callId, action } of calls) {
    const call = JSON.stringify(await house.ask('governance.get-call', { callId }, viewer));
    if (call.includes('SECRET')) told.push(action);
  }
  return told;
}

test(
  'private words are shown to nobody else: saved, said twice, tried, refused, summed up, or waiting for a yes',
  SLOW,
  async () => {
    await remembersSaysAndDraws();
    await talks();
    const approvalId = await asksFirst();
    for (const viewer of [admin, house.owner, auditor, agentOf(admin)]) expect(await shownTo(viewer)).toEqual([]);
    const saved = Array.from({ length: 5 }, () => 'workforce.save-memory');
    const own = [
      'charts.draw-chart',
      'workforce.add-message',
      'workforce.keep-answer',
      'workforce.begin-step',
      'workforce.save-memory',
    ];
    expect(await shownTo(ann)).toEqual([...saved, ...own]);
    for (const viewer of [admin, house.owner])
      expect(await house.ask('governance.get-approval', { approvalId }, viewer)).toMatchObject({ input: null });
    expect(await house.ask('governance.get-approval', { approvalId }, ann)).toMatchObject({
      input: { text: 'SECRET that waits' },
    });

    await house.ask('governance.erase-personal-data', { personId: ann?.principal.id });
    const left = await everyRow(house.database, ['core', 'workforce', 'governance', 'charts']);
    expect(left.filter(({ text }) => text.includes('SECRET')).map(({ table }) => table)).toEqual([]);
    expect(await house.ask('governance.get-approval', { approvalId })).toMatchObject({ state: 'cancelled', input: null });
  },
);
