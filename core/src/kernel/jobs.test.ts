import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction } from '../define/action.ts';
import { defineJob } from '../define/job.ts';
import { definePlugin } from '../define/plugin.ts';
import { asOwner } from '../testing/database.ts';
import { startTestKernel } from '../testing/index.ts';

const log: string[] = [];

const copy = defineJob({
  name: 'jobs.copy',
  input: z.strictObject({ name: z.string() }),
  runsAs: 'caller',
  steps: [
    {
      name: 'copy',
      async handler(ctx, { name }) {
        log.push(`copied ${name} as ${ctx.actor.id}`);
        if (name === 'first') await ctx.enqueue(copy, { name: 'second' });
      },
    },
  ],
  async onDead(ctx, { name }, { code }) {
    log.push(`${name} is dead as ${ctx.actor.id}: ${code}`);
  },
});

let isDue = false;
const tidy = defineJob({
  name: 'jobs.tidy',
  input: z.strictObject({}),
  schedule: '0 4 1 1 *',
  runsAs: 'plugin',
  isDue: async () => isDue,
  steps: [{ name: 'tidy', async handler() {} }],
});

const start = defineAction({
  name: 'jobs.start',
  title: 'Start a job',
  description: 'Enqueues the job of that kind.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'jobs.job.start',
  input: z.strictObject({ kind: z.enum(['copy', 'tidy']) }),
  output: z.strictObject({}),
  async handler(ctx, { kind }) {
    if (kind === 'copy') await ctx.enqueue(copy, { name: 'first' });
    else await ctx.enqueue(tidy, {});
    return {};
  },
});

const plugin = definePlugin({
  id: 'jobs',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'jobs.job.start': { title: 'Start jobs', roles: ['editor'] },
    'jobs.job.see': { title: 'See jobs', roles: ['viewer'] },
  },
  tables: {},
  actions: [start],
  jobs: [copy, tidy],
});

/** What was done meanwhile, by whom, and how the record calls it. */
async function outcomes(run: (t: Awaited<ReturnType<typeof startTestKernel>>) => Promise<void>) {
  const t = await startTestKernel([plugin], { workers: false });
  log.length = 0;
  await run(t);
  await t.kernel.startWorkers({ concurrency: 1 });
  await t.settle();
  const rows = await t.database.rows<{ action: string; outcome: string }>(
    sql`select action, outcome from core.audit_entries where kind = 'job' order by id`,
  );
  return { log, rows: rows.map(({ action, outcome }) => `${action} ${outcome}`), t };
}

test('a job runs as its caller, and so does what it enqueues', async () => {
  const { rows } = await outcomes(async (t) => {
    await t.call(t.as({ id: 'ed', roles: ['editor'] }), 'jobs.start', { kind: 'copy' });
  });
  expect(log).toEqual(['copied first as ed', 'copied second as ed']);
  expect(rows).toEqual(['jobs.copy#copy succeeded', 'jobs.copy#copy succeeded']);
});

test.each([
  ['a role that does not hold what its action needed', { id: 'ed', roles: ['viewer'] as const }, 'core.unknown_action'],
  ['an unknown caller', undefined, 'core.bad_credentials'],
])('a job whose caller has become %s does nothing, and says why', async (_name, later, code) => {
  const { rows } = await outcomes(async (t) => {
    await t.call(t.as({ id: 'ed', roles: ['editor'] }), 'jobs.start', { kind: 'copy' });
    if (later) t.as(later);
    else t.forget('ed');
    await asOwner(t.database, sql`update core.rights set version = version + 1`);
  });
  expect(log).toEqual([`first is dead as service:jobs: ${code}`]);
  expect(rows).toEqual(['jobs.copy#copy denied', 'jobs.copy#dead succeeded']);
});

test('a job of an agent that is kept to other actions since does nothing, nor does what that job has enqueued', async () => {
  const agent = { id: 'clerk', kind: 'agent', roles: ['editor'] } as const;
  await outcomes(async (t) => {
    await t.call(t.as({ ...agent, actions: ['jobs.start'] }), 'jobs.start', { kind: 'copy' });
    t.as({ ...agent, actions: [] });
    await asOwner(t.database, sql`update core.rights set version = version + 1`);
  });
  expect(log).toEqual(['first is dead as service:jobs: core.unknown_action']);

  await outcomes(async (t) => {
    await t.call(t.as({ ...agent, actions: ['jobs.start'] }), 'jobs.start', { kind: 'copy' });
  });
  expect(log).toEqual(['copied first as clerk', 'copied second as clerk']);
});

test('a token that does not cover the action any more does not cover its job', async () => {
  await outcomes(async (t) => {
    await t.call(t.as({ id: 'ed', roles: ['editor'], scopes: ['jobs.job.start'] }), 'jobs.start', { kind: 'copy' });
    // a job keeps the scopes with which it was enqueued
    await t.database.rows(sql`update queue.job set data = jsonb_set(data, '{caller,principal,scopes}', '["jobs.job.see"]')`);
  });
  expect(log).toEqual(['first is dead as service:jobs: core.scope_needed']);
});

test('a run for which nothing is due leaves no trace', async () => {
  isDue = false;
  const idle = await outcomes(async (t) => {
    await t.call(t.as({ id: 'ed', roles: ['editor'] }), 'jobs.start', { kind: 'tidy' });
  });
  expect(idle.rows).toEqual([]);
  isDue = true;
  const busy = await outcomes(async (t) => {
    await t.call(t.as({ id: 'ed', roles: ['editor'] }), 'jobs.start', { kind: 'tidy' });
  });
  expect(busy.rows).toEqual(['jobs.tidy#tidy succeeded']);
});

test('a schedule that another version of the program made stays until nobody knows its job', async () => {
  const { t } = await outcomes(async (t) => {
    await t.database.rows(sql`insert into queue.schedule (name, key, cron, timezone, data)
      values ('jobs', 'jobs.newer', '0 4 1 1 *', 'UTC', '{}')`);
  });
  const keys = async () => {
    const rows = await t.database.rows<{ key: string }>(sql`select key from queue.schedule order by key`);
    return rows.map(({ key }) => key);
  };
  expect(await keys()).toEqual(['jobs.newer', 'jobs.tidy']);
  await t.database.rows(sql`insert into queue.job (name, data, retry_limit) values
    ('dead-jobs', ${JSON.stringify({ jobId: crypto.randomUUID(), job: 'jobs.newer', input: {}, tainted: false, requestId: 'schedule:jobs.newer', trace: '' })}::jsonb, 0)`);
  await t.settle();
  expect(await keys()).toEqual(['jobs.tidy']);
});

test('what everybody has had long ago is pruned, and what waits is not', async () => {
  const t = await startTestKernel([plugin], { workers: false });
  await asOwner(
    t.database,
    sql`insert into core.outbox (name, plugin, subject, sequence, payload, call_id, request_id, trace, tainted, at)
      select 'jobs.x', 'jobs', 's', n, '{}', gen_random_uuid(), '', '', false, now() - make_interval(days => case when n <= 2 then 40 else 1 end)
      from generate_series(1, 3) n`,
  );
  await asOwner(
    t.database,
    sql`insert into core.deliveries (event_id, subscription, subject, state, blocks)
      select id, 'x', 'jobs/s', case when sequence = 2 then 'dead' else 'done' end, true from core.outbox`,
  );
  await asOwner(
    t.database,
    sql`insert into core.job_steps (job_id, step, at) values (gen_random_uuid(), 'old', now() - interval '40 days'), (gen_random_uuid(), 'new', now())`,
  );
  await t.database.rows(sql`select core.prune(now() - interval '30 days', 100)`);

  expect(await t.database.rows(sql`select sequence::int from core.outbox order by sequence`)).toEqual([
    { sequence: 2 },
    { sequence: 3 },
  ]);
  expect(await t.database.rows(sql`select step from core.job_steps`)).toEqual([{ step: 'new' }]);
});
