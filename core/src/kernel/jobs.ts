// Jobs: steps that are each done once, with the rights that their caller has when they run.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Log } from '../context.ts';
import type { Database, Tx } from '../db/database.ts';
import type { CallStep, Job, JobStep } from '../define/job.ts';
import type { Plugin } from '../define/plugin.ts';
import { defineErrors, TroupeError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Envelope, Queue } from '../queue/driver.ts';
import type { Authorizer } from './authorize.ts';
import { type Call, service } from './call.ts';
import type { Executor } from './execute.ts';
import type { Registry } from './registry.ts';
import { pluginWork, type Work } from './work.ts';

const DEFAULT_RETRIES = 3;
const STEP_TIMEOUT_MS = 300_000;
const SCHEDULED = 'schedule:';

const jobErrors = defineErrors('core', {
  unknown_job: { kind: 'unavailable', message: 'No plugin here declares this job.' },
});

export interface JobRunner {
  enqueue(tx: Tx, job: Job, input: unknown, call: Call): Promise<string>;
  run(envelope: Envelope): Promise<void>;
  dead(envelope: Envelope): Promise<void>;
  schedules(): { key: string; cron: string; envelope: Omit<Envelope, 'jobId'> }[];
}

interface JobParts {
  readonly registry: Registry;
  readonly database: Database;
  readonly queue: Queue;
  readonly authorizer: Authorizer;
  readonly metrics: Metrics;
  readonly log: Log;
  clock(): Date;
}

export function createJobRunner(parts: JobParts, { runCall, execute }: Executor): JobRunner {
  const { registry, database, authorizer, metrics } = parts;

  function callOf(envelope: Envelope, plugin: Plugin): Call {
    const caller = { principal: service(plugin.id), ...envelope.caller, tainted: envelope.tainted };
    return {
      action: envelope.job,
      input: envelope.input,
      caller,
      surface: 'job',
      requestId: envelope.requestId,
      trace: envelope.trace,
      ...askedBy(envelope),
    };
  }

  async function runStep(found: { job: Job; plugin: Plugin }, step: JobStep | CallStep, envelope: Envelope): Promise<void> {
    if ('call' in step) {
      const stored = await step.call(database.db, z.decode(found.job.input, envelope.input as never) as never);
      if (stored) await execute(stored);
      return;
    }
    const call = callOf(envelope, found.plugin);
    const authority = await authorizer.of(call.caller, database, { fresh: true });
    await runCall(stepWork(found, step, envelope), call, authority);
  }

  async function dead(envelope: Envelope): Promise<void> {
    const found = registry.jobs.get(envelope.job);
    const onDead = found?.job.onDead;
    // any process may have made the last try
    const [last] = await database.rows<Failure>(sql`select code, message from core.job_errors where job_id = ${envelope.jobId}`);
    const error = last ?? { code: 'core.internal', message: 'The job failed on every try.' };
    parts.log.error('a job is dead', { job: envelope.job, jobId: envelope.jobId, code: error.code });
    if (!found && envelope.requestId.startsWith(SCHEDULED)) await parts.queue.unschedule(envelope.job); // its plugin is gone
    if (!found || !onDead) return;
    // it speaks for the plugin: whoever asked may have lost the right to
    const { caller: _, permission: __, enqueuedBy: ___, ...own } = envelope;
    await runStep(found, { name: 'dead', handler: (ctx, input) => onDead.call(found.job, ctx, input, error) }, own);
  }

  async function remember(jobId: string, { code, message }: Failure): Promise<void> {
    await database.rows(sql`insert into core.job_errors (job_id, code, message) values (${jobId}, ${code}, ${message})
      on conflict (job_id) do update set code = excluded.code, message = excluded.message, at = now()`);
  }

  return {
    async enqueue(tx, job, input, { action, caller, requestId, trace, ...step }) {
      const jobId = crypto.randomUUID();
      const { principal, onBehalfOf, through, address } = caller;
      const asking = registry.actions.get(action)?.action;
      const asked = asking ? { permission: asking.permission, enqueuedBy: asking.name } : askedBy(step);
      const asCaller = {
        principal,
        ...(onBehalfOf ? { onBehalfOf } : {}),
        ...(through ? { through } : {}),
        ...(address ? { address } : {}),
      };
      const envelope: Envelope = {
        jobId,
        job: job.name,
        input,
        ...(job.runsAs === 'caller' ? { caller: asCaller, ...asked } : {}),
        tainted: caller.tainted,
        requestId,
        trace: trace ?? '',
      };
      await parts.queue.enqueue(tx, envelope, {
        retries: job.retries ?? DEFAULT_RETRIES,
        waitsOutside: job.waitsOutside ?? false,
      });
      return jobId;
    },

    async run(envelope) {
      const found = registry.jobs.get(envelope.job);
      if (!found) throw jobErrors.unknown_job({ job: envelope.job }); // a newer version may know it; else it is dead after its last try
      if (found.job.isDue && !(await found.job.isDue(database.db, parts.clock()))) return;
      const started = performance.now();
      const finished = (outcome: string) =>
        metrics.jobFinished({ job: envelope.job, outcome, seconds: (performance.now() - started) / 1000 });
      try {
        const done = await database.rows<{ step: string }>(sql`select step from core.job_steps where job_id = ${envelope.jobId}`);
        const rest = found.job.steps.filter(({ name }) => !done.some(({ step }) => step === name));
        for (const step of rest) await runStep(found, step, envelope);
        finished('done');
      } catch (error) {
        finished('failed');
        if (error instanceof TroupeError) await remember(envelope.jobId, error);
        // what the input or the caller's rights forbid will not be better on the next try
        if (error instanceof TroupeError && ['invalid', 'missing', 'scope', 'unauthenticated', 'approval'].includes(error.kind))
          return dead(envelope);
        throw error;
      }
    },

    dead,

    schedules() {
      return [...registry.jobs.values()].flatMap(({ job }) =>
        job.schedule
          ? [
              {
                key: job.name,
                cron: job.schedule,
                envelope: { job: job.name, input: {}, tainted: false, requestId: `${SCHEDULED}${job.name}`, trace: '' },
              },
            ]
          : [],
      );
    },
  };
}

/** What the action that enqueued it needed, and its name; nothing where it runs in its plugin's own name. */
const askedBy = ({ permission, enqueuedBy }: Pick<Envelope, 'permission' | 'enqueuedBy'>) => ({
  ...(permission ? { permission } : {}),
  ...(enqueuedBy ? { enqueuedBy } : {}),
});

type Failure = Pick<TroupeError, 'code' | 'message'>;

function stepWork({ job, plugin }: { job: Job; plugin: Plugin }, step: JobStep<never>, envelope: Envelope): Work {
  return pluginWork({
    kind: 'job',
    cause: `job ${envelope.jobId}`,
    name: `${job.name}#${step.name}`,
    plugin,
    input: job.input,
    output: z.undefined(),
    timeoutMs: STEP_TIMEOUT_MS,
    ...(job.untrustedInput ? { untrustedInput: job.untrustedInput } : {}),
    ...(envelope.permission ? { permission: envelope.permission } : {}),
    ...(envelope.enqueuedBy ? { action: envelope.enqueuedBy } : {}),
    async claim(tx) {
      const [fresh] = await tx.rows(
        sql`insert into core.job_steps (job_id, step) values (${envelope.jobId}, ${step.name}) on conflict do nothing returning 1`,
      );
      return fresh !== undefined;
    },
    ...(step.prepare ? { prepare: step.prepare } : {}),
    handler: step.handler,
  });
}
