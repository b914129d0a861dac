// The rows of the record that an incident was opened for, as far as the record can be asked for them.
import type { Api } from '#lib/server/api.ts';
import { actorOf } from '../../subject.ts';

type Incident = Awaited<ReturnType<Api['governance']['getIncident']>>;

/** What counts may have come so long before the incident was opened. */
const BEFORE_MS = 15 * 60_000;
const MOST = 10;

/** The newest of them; of what is about no actor, the one call that is named. */
export async function evidenceOf(api: Api, { rule, subject, openedAt, lastAt, lastCall }: Incident) {
  const actor = rule === 'denial-burst' ? actorOf(subject) : undefined;
  if (actor === undefined) return lastCall ? (await api.governance.searchAudit({ callId: lastCall, limit: MOST })).items : [];
  const since = new Date(Date.parse(openedAt) - BEFORE_MS).toISOString();
  const until = new Date(Date.parse(lastAt) + 1000).toISOString();
  return (await api.governance.searchAudit({ actor, outcome: 'denied', since, until, limit: MOST })).items;
}
