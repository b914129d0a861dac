// Calls from outside that set a task off, signed as Standard Webhooks says: https://www.standardwebhooks.com, version 1.0.0.
import { createHmac } from 'node:crypto';
import { type Context, isSameText } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { workforceErrors } from './errors.ts';
import { fire, type Schedule } from './schedules.ts';
import { schedules } from './schema.ts';

const TOLERANCE_MS = 300_000;

export interface Received {
  readonly scheduleId: string;
  readonly webhookId: string;
  /** Seconds since 1970. */
  readonly timestamp: string;
  /** `v1,` and the signature in base64; several with blanks between them. */
  readonly signature: string;
  readonly body: string;
}

/** Made of the installation's key, so it is stored nowhere and the same each time. */
export const secretOf = (ctx: Context, { id, secretNumber }: Pick<Schedule, 'id' | 'secretNumber'>): string =>
  `whsec_${keyOf(ctx, id, secretNumber).toString('base64')}`;

const keyOf = (ctx: Context, webhook: string, number: number): Buffer => Buffer.from(ctx.digest({ webhook, number }), 'hex');

/** What came in makes a task, the same message no second one. Errors: workforce.bad_signature, workforce.webhook_too_old, workforce.schedule_paused. */
export async function receive(ctx: Context, { scheduleId, webhookId, timestamp, signature, body }: Received): Promise<string> {
  const [schedule] = await ctx.db.select().from(schedules).where(eq(schedules.id, scheduleId)).for('update');
  const isOpen = schedule?.kind === 'webhook' && schedule.state !== 'removed';
  // for one that is not there it takes as long as for one that is
  const key = keyOf(ctx, scheduleId, isOpen ? schedule.secretNumber : 0);
  const right = `v1,${createHmac('sha256', key).update(`${webhookId}.${timestamp}.${body}`).digest('base64')}`;
  const isSigned = signature.split(' ').some((one) => isSameText(one, right));
  if (!isOpen || !isSigned) throw workforceErrors.bad_signature();
  if (Math.abs(Number(timestamp) * 1000 - Number(ctx.now)) > TOLERANCE_MS) throw workforceErrors.webhook_too_old();
  if (schedule.state !== 'active') throw workforceErrors.schedule_paused();
  return fire(ctx, schedule, { slot: `webhook ${webhookId}`, payload: body, tainted: true });
}
