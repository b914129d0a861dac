/** `2026-11-22 15:58` of a moment, in UTC: the same wherever and whenever it is shown. */
export function formatMoment(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)}`;
}

/** `3:07` of seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
