// Incidents: one that is not resolved for each rule and subject; what is found again raises its count.
import { type Context, moment } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, eq, gt, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { incidentOpened } from './contract.ts';
import { governanceErrors } from './errors.ts';
import { INCIDENT_STATES, type IncidentRow, incidents } from './schema.ts';

export const INCIDENT_RULES = [
  'denial-burst',
  'limit-hit',
  'failed-sign-ins',
  'new-place',
  'kill-switch',
  'seal-failing',
  'tampering',
  'tool-changed',
  'review-overdue',
] as const;
export type IncidentRule = (typeof INCIDENT_RULES)[number];

/** How much harm may be behind what a rule finds. */
const SEVERITY = {
  'denial-burst': 'medium',
  'limit-hit': 'low',
  'failed-sign-ins': 'medium',
  'new-place': 'medium',
  'kill-switch': 'high',
  'seal-failing': 'high',
  tampering: 'high',
  'tool-changed': 'high',
  'review-overdue': 'low',
} as const satisfies Record<IncidentRule, 'low' | 'medium' | 'high'>;

export interface Finding {
  readonly rule: IncidentRule;
  /** Whom or what it is about: `actor:ID`, `address:NETWORK`, `account:MARK`, … */
  readonly subject: string;
  /** One sentence, for people. */
  readonly summary: string;
  /** How often it was found; default 1. */
  readonly times?: number;
  /** The newest call that counts. */
  readonly callId?: string;
}

const HOUR_MS = 3_600_000;
/** So many opened incidents are told by mail in an hour: a flood of them must not become one of letters. */
const MOST_LETTERS = 20;

/** Opens an incident, or raises the count of the one that is not resolved yet. Owners are told by mail of what is opened. */
export async function raise(ctx: Context, { rule, subject, summary, times = 1, callId }: Finding): Promise<void> {
  const values = {
    id: crypto.randomUUID(),
    rule,
    subject,
    summary,
    state: 'open' as const,
    count: times,
    openedAt: ctx.now,
    lastAt: ctx.now,
    lastCall: callId ?? null,
  };
  const [found] = await ctx.db
    .insert(incidents)
    .values(values)
    .onConflictDoUpdate({
      target: [incidents.rule, incidents.subject],
      targetWhere: sql`${incidents.state} <> 'resolved'`, // as a parameter it names no index once a plan is kept
      set: {
        count: sql`${incidents.count} + ${times}`,
        lastAt: sql`greatest(${incidents.lastAt}, excluded.last_at)`,
        lastCall: sql`coalesce(excluded.last_call, ${incidents.lastCall})`,
      },
    })
    .returning({ id: incidents.id });
  if (found?.id !== values.id) return;
  ctx.emit(incidentOpened, { incidentId: values.id, rule, subject, summary });
  const lately = await ctx.db.$count(incidents, gt(incidents.openedAt, new Date(+ctx.now - HOUR_MS)));
  if (lately > MOST_LETTERS) return;
  const more = lately === MOST_LETTERS ? '\n\nMore that are found within this hour are not told by mail.' : '';
  await ctx.use(identityPort).tellOwners({
    subject: `Incident: ${rule}`,
    text: `${summary}\n\nRule: ${rule}\nAbout: ${subject}\nTo look at it: governance.get-incident, incident ${values.id}${more}`,
  });
}

/** Which of these subjects have an incident of this rule that is not resolved. */
export async function openSubjects(ctx: Context, rule: IncidentRule): Promise<ReadonlySet<string>> {
  const rows = await ctx.db
    .select({ subject: incidents.subject })
    .from(incidents)
    .where(and(eq(incidents.rule, rule), ne(incidents.state, 'resolved')));
  return new Set(rows.map(({ subject }) => subject));
}

/** Changes an incident that is not resolved. Errors: governance.unknown_incident, governance.incident_state. */
export async function changeIncident(
  ctx: Context,
  incidentId: string,
  set: Partial<IncidentRow>,
  from?: SQL,
): Promise<z.output<typeof incidentShape>> {
  await findIncident(ctx, incidentId);
  const isOpen = and(eq(incidents.id, incidentId), from ?? ne(incidents.state, 'resolved'));
  const [row] = await ctx.db.update(incidents).set(set).where(isOpen).returning();
  if (!row) throw governanceErrors.incident_state({ incidentId });
  return showIncident(row);
}

/** Errors: governance.unknown_incident. */
export async function findIncident(ctx: Context, incidentId: string): Promise<IncidentRow> {
  const [row] = await ctx.db.select().from(incidents).where(eq(incidents.id, incidentId));
  if (!row) throw governanceErrors.unknown_incident({ incidentId });
  return row;
}

export const incidentShape = z.strictObject({
  incidentId: z.uuid(),
  rule: z.string(),
  severity: z.enum(['low', 'medium', 'high']).describe('How much harm may be behind it.'),
  subject: z.string().describe('Whom or what it is about: actor:ID, address:NETWORK, account:MARK, and so on.'),
  summary: z.string(),
  state: z.enum(INCIDENT_STATES),
  count: z.int().describe('How often it was found.'),
  openedAt: moment,
  lastAt: moment,
  lastCall: z.uuid().optional().describe('The newest call that counts, for governance.get-call.'),
  assignee: z.string().optional(),
  acknowledgedBy: z.string().optional(),
  acknowledgedAt: moment.optional(),
  resolvedBy: z.string().optional(),
  resolvedAt: moment.optional(),
  resolution: z.string().optional(),
});

export function showIncident({ id, ...row }: IncidentRow): z.output<typeof incidentShape> {
  const said = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return { incidentId: id, severity: SEVERITY[row.rule as IncidentRule], ...said } as z.output<typeof incidentShape>; // a column that is null is missing
}
