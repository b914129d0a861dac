import { Cron } from 'croner';
import { workforceErrors } from './errors.ts';

/** The first moment after `after` that an expression of five fields names in a time zone. Errors: workforce.bad_time_zone, workforce.bad_cron. */
export function nextSlot({ cron, timeZone }: { cron: string; timeZone: string }, after: Date): Date {
  assertTimeZone(timeZone);
  const next = parsed(cron, timeZone).nextRun(after);
  if (!next) throw workforceErrors.bad_cron({ cron });
  return next;
}

function parsed(cron: string, timezone: string): Cron {
  try {
    return new Cron(cron, { timezone, mode: '5-part', paused: true });
  } catch (cause) {
    throw workforceErrors.bad_cron({ cron }, cause);
  }
}

function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw workforceErrors.bad_time_zone({ timeZone }, cause);
  }
}
