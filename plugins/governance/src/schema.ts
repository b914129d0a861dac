import { bigint, boolean, integer, numeric, pgSchema, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const governance = pgSchema('governance');
const minor = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' });
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const APPROVAL_STATES = [
  'pending',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'executed',
  'failed',
  'replaced',
] as const;

/** Calls that wait, or have waited, for a person's yes. */
export const approvals = governance.table('approvals', {
  id: uuid().primaryKey(),
  state: text({ enum: APPROVAL_STATES }).notNull(),
  tier: smallint().notNull().$type<1 | 2 | 3>(),
  reasons: text().array().notNull(),
  action: text().notNull(),
  permission: text().notNull(),
  pluginVersion: text('plugin_version').notNull(),
  requester: text().notNull(),
  onBehalfOf: text('on_behalf_of'),
  call: text().notNull(),
  input: text().notNull(),
  inputDigest: text('input_digest').notNull(),
  effect: text().notNull(),
  effectDigest: text('effect_digest').notNull(),
  changes: text().notNull(),
  parkedCall: uuid('parked_call').notNull(),
  executedCall: uuid('executed_call'),
  error: text(),
  replacedBy: uuid('replaced_by'),
  createdAt: at('created_at').notNull(),
  expiresAt: at('expires_at').notNull(),
  decidedAt: at('decided_at'),
});
export type ApprovalRow = typeof approvals.$inferSelect;

export const votes = governance.table(
  'votes',
  {
    approvalId: uuid('approval_id').notNull(),
    person: text().notNull(),
    vote: text({ enum: ['yes', 'no'] }).notNull(),
    note: text().notNull(),
    at: at('at').notNull(),
  },
  ({ approvalId, person }) => [primaryKey({ columns: [approvalId, person] })],
);

/** From which sum on a call of an agent needs which yes. */
export const tiers = governance.table(
  'tiers',
  {
    unit: text().notNull(),
    tier: smallint().notNull().$type<1 | 2 | 3>(),
    fromAmount: minor('from_amount').notNull(),
    setBy: text('set_by').notNull(),
    setAt: at('set_at').notNull(),
  },
  ({ unit, tier }) => [primaryKey({ columns: [unit, tier] })],
);

export const limits = governance.table('limits', {
  id: uuid().primaryKey(),
  actor: text(),
  action: text(),
  counterparty: text(),
  unit: text().notNull(),
  amount: minor('amount').notNull(),
  windowSeconds: integer('window_seconds').notNull(),
  setBy: text('set_by').notNull(),
  setAt: at('set_at').notNull(),
});
export type LimitRow = typeof limits.$inferSelect;
export type TierRow = typeof tiers.$inferSelect;

export const limitUses = governance.table(
  'limit_uses',
  {
    limitId: uuid('limit_id').notNull(),
    actor: text().notNull(),
    windowStart: at('window_start').notNull(),
    used: minor('used').notNull(),
  },
  ({ limitId, actor, windowStart }) => [primaryKey({ columns: [limitId, actor, windowStart] })],
);

/** Yeses in advance. */
export const standingGrants = governance.table('standing_grants', {
  id: uuid().primaryKey(),
  agent: text().notNull(),
  action: text().notNull(),
  counterparty: text().notNull(),
  unit: text().notNull(),
  cap: minor('cap').notNull(),
  used: minor('used').notNull().default(0n),
  grantedBy: text('granted_by').notNull(),
  grantedAt: at('granted_at').notNull(),
  expiresAt: at('expires_at').notNull(),
  revokedAt: at('revoked_at'),
  appointedBy: text('appointed_by').array().notNull(),
});
export type StandingGrantRow = typeof standingGrants.$inferSelect;

export const SWITCH_KINDS = ['actor', 'plugin', 'action'] as const;

/** What is switched off. */
export const switches = governance.table(
  'switches',
  {
    kind: text({ enum: SWITCH_KINDS }).notNull(),
    target: text().notNull(),
    reason: text().notNull(),
    setBy: text('set_by').notNull(),
    setAt: at('set_at').notNull(),
  },
  ({ kind, target }) => [primaryKey({ columns: [kind, target] })],
);

export const RULE_OUTCOMES = ['refuse', 'ask'] as const;

/** Rules as data, in Cedar. */
export const cedarRules = governance.table('cedar_rules', {
  name: text().primaryKey(),
  target: text().notNull(),
  outcome: text({ enum: RULE_OUTCOMES }).notNull(),
  policy: text().notNull(),
  schema: text().notNull(),
  note: text().notNull(),
  setBy: text('set_by').notNull(),
  setAt: at('set_at').notNull(),
});
export type CedarRule = typeof cedarRules.$inferSelect;

export const INCIDENT_STATES = ['open', 'acknowledged', 'resolved'] as const;

export const incidents = governance.table('incidents', {
  id: uuid().primaryKey(),
  rule: text().notNull(),
  subject: text().notNull(),
  summary: text().notNull(),
  state: text({ enum: INCIDENT_STATES }).notNull(),
  count: bigint({ mode: 'number' }).notNull(),
  openedAt: at('opened_at').notNull(),
  lastAt: at('last_at').notNull(),
  lastCall: uuid('last_call'),
  assignee: text(),
  acknowledgedBy: text('acknowledged_by'),
  acknowledgedAt: at('acknowledged_at'),
  resolvedBy: text('resolved_by'),
  resolvedAt: at('resolved_at'),
  resolution: text(),
});
export type IncidentRow = typeof incidents.$inferSelect;

export const incidentNotes = governance.table('incident_notes', {
  id: uuid().primaryKey(),
  incidentId: uuid('incident_id').notNull(),
  author: text().notNull(),
  text: text().notNull(),
  at: at('at').notNull(),
});

/** Where people have signed in from, as keyed digests. */
export const places = governance.table(
  'places',
  {
    person: text().notNull(),
    kind: text({ enum: ['network', 'device'] }).notNull(),
    digest: text().notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  ({ person, kind, digest }) => [primaryKey({ columns: [person, kind, digest] })],
);

/** How far the record was watched. */
export const watch = governance.table('watch', {
  single: boolean().primaryKey(),
  epoch: uuid().notNull(),
  xid: text().notNull(),
  entryId: bigint('entry_id', { mode: 'bigint' }).notNull(),
});

/** Reviews of who holds what. */
export const accessReviews = governance.table('access_reviews', {
  id: uuid().primaryKey(),
  title: text().notNull(),
  startedBy: text('started_by').notNull(),
  startedAt: at('started_at').notNull(),
  closedAt: at('closed_at'),
});
export type AccessReviewRow = typeof accessReviews.$inferSelect;

export const ACCESS_KINDS = ['role', 'token', 'app'] as const;
export const ACCESS_STATES = ['open', 'kept', 'revoked', 'gone'] as const;

/** What somebody held when a review was started. */
export const accessItems = governance.table('access_items', {
  id: uuid().primaryKey(),
  reviewId: uuid('review_id').notNull(),
  kind: text({ enum: ACCESS_KINDS }).notNull(),
  accessId: uuid('access_id').notNull(),
  actorId: text('actor_id').notNull(),
  what: text().notNull(),
  brandId: text('brand_id'),
  departmentId: text('department_id'),
  scopes: text().array(),
  grantedBy: text('granted_by').notNull(),
  since: at('since').notNull(),
  until: at('until'),
  hands: text().array().notNull(),
  state: text({ enum: ACCESS_STATES }).notNull().default('open'),
  decidedBy: text('decided_by'),
  decidedAt: at('decided_at'),
  note: text(),
});
export type AccessItemRow = typeof accessItems.$inferSelect;
