// Weeks of UTC, which begin on Mondays (ISO 8601).
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export interface Week {
  /** Its Monday, `YYYY-MM-DD`. */
  readonly monday: string;
  /** As ISO 8601 numbers it, e.g. `2026-W48`. */
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
}

/** The last weeks up to the one in which this moment lies, the oldest first. */
export function weeksUpTo(now: Date, count: number): Week[] {
  const today = Math.floor(+now / DAY_MS) * DAY_MS;
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
  return Array.from({ length: count }, (_, place) => weekFrom(monday - (count - 1 - place) * WEEK_MS));
}

function weekFrom(monday: number): Week {
  // a week belongs to the year of its Thursday
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const number = 1 + Math.floor((monday + 3 * DAY_MS - Date.UTC(year, 0)) / WEEK_MS);
  return {
    monday: new Date(monday).toISOString().slice(0, 10),
    name: `${year}-W${String(number).padStart(2, '0')}`,
    from: new Date(monday),
    to: new Date(monday + WEEK_MS),
  };
}
