import { beforeAll, expect, test } from 'vitest';
import { approveCall } from '../../../governance/src/actions/approve-call.ts';
import { rejectCall } from '../../../governance/src/actions/reject-call.ts';
import { buy } from '../../../marketplace/src/actions/buy.ts';
import { createListing } from '../../../marketplace/src/actions/create-listing.ts';
import { createProduct } from '../../../marketplace/src/actions/create-product.ts';
import { fulfilOrder } from '../../../marketplace/src/actions/fulfil-order.ts';
import { refundOrder } from '../../../marketplace/src/actions/refund-order.ts';
import { updateListing } from '../../../marketplace/src/actions/update-listing.ts';
import { GOOD_CARD } from '../../../marketplace/testing/shop.ts';
import { finishTask } from '../../../workforce/src/actions/finish-task.ts';
import { retryTask } from '../../../workforce/src/actions/retry-task.ts';
import { tellDecision } from '../../../workforce/src/actions/tell-decision.ts';
import { updateTask } from '../../../workforce/src/actions/update-task.ts';
import { DAY_MS, itself, startOffice } from '../../testing/office.ts';
import { getWeeks } from './get-weeks.ts';

const COST = 15_000;
let office: Awaited<ReturnType<typeof startOffice>>;
let ada: Awaited<ReturnType<typeof office.hire>>;
let ben: Awaited<ReturnType<typeof office.hire>>;

/** Two agents in three weeks; the third one is that of the database's own clock, by which the record is kept. */
beforeAll(async () => {
  office = await startOffice(5);
  const { advance, run, person, give, work, asksToPay, admin } = office;
  advance(-21 * DAY_MS);
  [ada, ben] = [await office.hire('Ada'), await office.hire('Ben')];

  advance(7 * DAY_MS); // the first week: a task that Ada does alone, and a yes that nobody says
  await give(ada.agentId);
  await work();
  await asksToPay(ada.acting, 'Nobody');

  advance(7 * DAY_MS); // the second: a yes and a no, one task tried again and one taken over
  const [yes, no] = [await asksToPay(ada.acting, 'Yvonne'), await asksToPay(ada.acting, 'Noah')];
  await run(person, approveCall, { approvalId: yes });
  await run(person, rejectCall, { approvalId: no });
  await office.settle();
  await give(ada.agentId);
  await work({ approvalId: yes });
  await run(itself, tellDecision, { approvalId: yes, state: 'executed' });
  await work();
  const again = await give(ben.agentId);
  await work({ status: 'failed' });
  await run(person, retryTask, { taskId: again });
  await work();
  const taken = await give(ben.agentId);
  await work({ status: 'failed' });
  await run(person, retryTask, { taskId: taken });
  await run(person, updateTask, { taskId: taken, assigneeId: person.principal.id });
  await run(person, finishTask, { taskId: taken, output: 'By hand.' });

  advance(7 * DAY_MS); // the third: two alone, one that is left, one failed, a refusal, and the sales
  await give(ada.agentId);
  await work();
  await give(ada.agentId);
  await work();
  await give(ben.agentId);
  await work({ status: 'failed' });
  await give(ada.agentId);
  await expect(run(ada.acting, refundOrder, { orderId: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  const [both, bens, nobodys, returned] = [
    await offer(ada.acting),
    await offer(person),
    await offer(person),
    await offer(ada.acting),
  ];
  await run(ben.acting, updateListing, { listingId: both, price: '1000' });
  advance(1000);
  const orders = [await sold(both), await sold(bens), await sold(nobodys), await sold(returned)];
  await run(ada.acting, fulfilOrder, { orderId: orders[0] ?? '' });
  await run(ben.acting, fulfilOrder, { orderId: orders[1] ?? '' });
  await run(admin, refundOrder, { orderId: orders[3] ?? '' });
}, 300_000);

async function offer(who: typeof office.person): Promise<string> {
  const assetIds = office.assetIds.splice(0, 1);
  const { productId } = await office.run(who, createProduct, { assetIds, stock: 1, kind: 'physical' });
  return (await office.run(who, createListing, { productId, unit: 'EUR', price: '1250' })).listingId;
}

const sold = async (listingId: string) =>
  (
    await office.run(office.as({ id: 'kim', roles: ['guest'] }), buy, {
      ...{ listingId, cardNumber: GOOD_CARD, shippingAddress: 'Kim, Street 1' },
    })
  ).orderId;

const weeksOf = async (who: typeof office.person, more: object = {}) => {
  const answer = await office.run(who, getWeeks, { weeks: 3, ...more });
  const of = (agentId: string) => answer.items.filter((one) => one.agentId === agentId);
  return { ...answer, adas: of(ada.agentId), bens: of(ben.agentId) };
};

test('work is counted in the week in which it was done, for the agent that did it', async () => {
  const { adas, bens, all } = await weeksOf(office.owner);

  expect(adas.map(({ figures }) => [figures.tasksDone, figures.tasksFailed, figures.tasksOpen])).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [2, 0, 1],
  ]);
  expect(bens.map(({ figures }) => [figures.tasksDone, figures.tasksFailed, figures.tasksTakenOver])).toEqual([
    [0, 0, 0],
    [1, 0, 1],
    [0, 1, 0],
  ]);
  const runs = [1, 2, 2];
  expect(adas.map(({ figures }) => figures)).toMatchObject(
    runs.map((many) => ({
      ...{ runs: many, toolCalls: many, inputTokens: 100 * many, outputTokens: 50 * many },
      costMicroUsd: String(COST * many),
    })),
  );
  // the clock of the house runs on while they work, however slow the machine: a run is twenty seconds and a little more
  for (const [at, { figures }] of adas.entries()) {
    const least = 20 * (runs[at] ?? 0);
    expect(figures.seconds).toBeGreaterThanOrEqual(least);
    expect(figures.seconds).toBeLessThan(least + 20);
  }
  expect(all.map(({ figures }) => [figures.runs, figures.tasksDone, figures.costMicroUsd])).toEqual([
    [1, 1, String(COST)],
    [5, 2, String(5 * COST)],
    [3, 2, String(3 * COST)],
  ]);
});

test('approvals count in the week in which they were asked for, granted, refused or ran out; refusals as they were made', async () => {
  const { adas, bens } = await weeksOf(office.owner);
  expect(adas.map(({ figures }) => [figures.approvalsAsked, figures.approvalsGranted, figures.approvalsRefused])).toEqual([
    [1, 0, 0],
    [2, 1, 1],
    [0, 0, 0],
  ]);
  // a day after it was asked for: in that week or the next one
  expect(adas.reduce((total, { figures }) => total + figures.approvalsExpired, 0)).toBe(1);
  expect(adas.map(({ figures }) => figures.denied)).toEqual([0, 0, 1]);
  expect(bens.map(({ figures }) => [figures.approvalsAsked, figures.denied])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test('routine work is done without a person where nobody had to say yes, try again or take over', async () => {
  const { adas, bens, all, alonePercent } = await weeksOf(office.owner);
  expect(adas.map(({ figures }) => figures.alonePercent)).toEqual([100, 0, 100]);
  expect(bens.map(({ figures }) => figures.alonePercent)).toEqual([undefined, 0, undefined]);
  expect(all.map(({ figures }) => figures.alonePercent)).toEqual([100, 0, 100]);
  expect(alonePercent).toBe(50); // three of the five that were done and the one that was taken over
});

test('an order is revenue of each agent that touched it, once, and of all together once; what went back is none', async () => {
  const { adas, bens, all } = await weeksOf(office.owner);
  expect(adas.map(({ figures }) => figures.revenue)).toEqual([[], [], [{ unit: 'EUR', amount: '1000', orders: 1 }]]);
  expect(bens.at(-1)?.figures.revenue).toEqual([{ unit: 'EUR', amount: '2250', orders: 2 }]);
  expect(all.at(-1)?.figures.revenue).toEqual([{ unit: 'EUR', amount: '2250', orders: 2 }]);
  await expect(weeksOf(office.owner, { brandId: 'nowhere' })).rejects.toMatchObject({ code: 'core.unknown_brand' });
  expect((await weeksOf(office.owner, { brandId: 'elsewhere' })).all.at(-1)?.figures.revenue).toEqual([]);
});

test('each week says what has changed since the one before', async () => {
  const { adas, bens } = await weeksOf(office.owner);
  expect(adas.map(({ drift }) => [drift?.tasksDone, drift?.runs, drift?.costMicroUsd, drift?.alonePoints])).toEqual([
    [{ by: 1 }, { by: 1 }, { by: String(COST) }, undefined],
    [undefined, { by: 1, percent: 100 }, { by: String(COST), percent: 100 }, -100],
    [{ by: 1, percent: 100 }, undefined, undefined, 100],
  ]);
  expect(bens.at(-1)?.drift).toMatchObject({ revenue: [{ unit: 'EUR', by: '2250' }], runs: { by: -2, percent: -67 } });
  // in the week in which it came there is nothing to look back at
  expect((await weeksOf(office.owner, { weeks: 26 })).adas.map(({ drift }) => drift !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('whoever sees agents sees how they do, and sums as far as they see those; others see nothing', async () => {
  const { as, run } = office;
  const viewer = as({ id: crypto.randomUUID(), roles: ['viewer'] });
  const { adas, all } = await weeksOf(viewer);
  expect(adas.map(({ figures }) => figures.tasksDone)).toEqual([1, 1, 2]);
  expect(JSON.stringify([adas, all])).not.toMatch(/costMicroUsd|revenue/);

  const elsewhere = as({ id: crypto.randomUUID(), roles: ['viewer', { role: 'editor', brandId: 'elsewhere' }] });
  expect((await weeksOf(elsewhere)).all.at(-1)?.figures.revenue).toEqual([]);
  const stranger = as({ id: crypto.randomUUID(), roles: [] });
  await expect(run(office.guest, getWeeks, {})).rejects.toMatchObject({ code: 'core.unauthenticated' });
  await expect(run(stranger, getWeeks, {})).rejects.toMatchObject({ code: 'core.unknown_action' });

  expect((await weeksOf(viewer, { agentId: ben.agentId })).adas).toEqual([]);
  const unknown = { agentId: crypto.randomUUID() };
  await expect(run(viewer, getWeeks, unknown)).rejects.toMatchObject({ code: 'workforce.unknown_agent' });
});
