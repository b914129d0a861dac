import { agentsNever, definePlugin, provide } from '@troupe-os/core';
import { acknowledgeIncident } from './actions/acknowledge-incident.ts';
import { approveCall } from './actions/approve-call.ts';
import { assignIncident } from './actions/assign-incident.ts';
import { cancelApproval } from './actions/cancel-approval.ts';
import { certifyAccess } from './actions/certify-access.ts';
import { createStandingGrant } from './actions/create-standing-grant.ts';
import { erasePersonalData } from './actions/erase-personal-data.ts';
import { explainAccess } from './actions/explain-access.ts';
import { getAccessReview } from './actions/get-access-review.ts';
import { getApproval } from './actions/get-approval.ts';
import { getCall } from './actions/get-call.ts';
import { getIncident } from './actions/get-incident.ts';
import { getRuleSchema } from './actions/get-rule-schema.ts';
import { listAccessReviews } from './actions/list-access-reviews.ts';
import { listApprovals } from './actions/list-approvals.ts';
import { listAsks } from './actions/list-asks.ts';
import { listIncidents } from './actions/list-incidents.ts';
import { listRules } from './actions/list-rules.ts';
import { listStandingGrants } from './actions/list-standing-grants.ts';
import { listUntrustedRows } from './actions/list-untrusted-rows.ts';
import { noteIncident } from './actions/note-incident.ts';
import { rejectCall } from './actions/reject-call.ts';
import { removeLimit } from './actions/remove-limit.ts';
import { removeRule } from './actions/remove-rule.ts';
import { removeTier } from './actions/remove-tier.ts';
import { resolveIncident } from './actions/resolve-incident.ts';
import { revokeAccess } from './actions/revoke-access.ts';
import { revokeStandingGrant } from './actions/revoke-standing-grant.ts';
import { searchAudit } from './actions/search-audit.ts';
import { setLimit } from './actions/set-limit.ts';
import { setRule } from './actions/set-rule.ts';
import { setTier } from './actions/set-tier.ts';
import { startAccessReview } from './actions/start-access-review.ts';
import { switchOff } from './actions/switch-off.ts';
import { switchOn } from './actions/switch-on.ts';
import { trustRows } from './actions/trust-rows.ts';
import { withdrawAsk } from './actions/withdraw-ask.ts';
import { accessCommand } from './command.ts';
import { governancePort, incidentOpened } from './contract.ts';
import { governanceErrors } from './errors.ts';
import { DECIDE, governor } from './governor.ts';
import { expireApprovals, runApproved, watchRecord } from './jobs.ts';
import { auditorsByTwo } from './policies.ts';
import * as tables from './schema.ts';
import { watchSignIns } from './sign-ins.ts';
import { recordedWeeks, rowsChangedBy } from './weeks.ts';

const everything = 'governance.rule.set';

const permissions = {
  'governance.audit.read': { title: 'Read the record of what everybody did', roles: ['admin'], company: true, auditor: true },
  // nobody's but the house's own
  'governance.approval.watch': { title: 'See what waits for a yes, to tell people', roles: [] },
  'governance.approval.read': { title: 'See what you have asked for and what you may decide', roles: ['viewer'] },
  [DECIDE]: {
    title: 'Say yes or no to calls that wait, as far as you may make them yourself',
    roles: ['viewer'],
    company: true,
    people: true,
  },
  'governance.rule.read': {
    title: 'See switches, tiers of approval, limits and rules, and why somebody may or may not',
    roles: ['admin'],
    company: true,
  },
  'governance.rule.set': { title: 'Set tiers of approval, limits and rules', roles: ['owner'], company: true, people: true },
  'governance.personal-data.erase': {
    title: 'Erase what is kept of a person or a customer',
    roles: ['owner'],
    company: true,
    people: true,
  },
  'governance.words.trust': {
    title: 'See which rows hold words from outside, and answer for them',
    roles: ['admin'],
    company: true,
    people: true,
  },
  'governance.switch.set': {
    title: 'Switch actors, plugins and actions off and on',
    roles: ['admin'],
    company: true,
    people: true,
  },
  'governance.incident.read': { title: 'See incidents', roles: ['admin'], company: true, auditor: true },
  'governance.incident.manage': {
    title: 'Acknowledge, assign, note and resolve incidents',
    roles: ['admin'],
    company: true,
    people: true,
  },
  'governance.access-review.read': { title: 'See reviews of who holds what', roles: ['admin'], company: true, auditor: true },
  'governance.access-review.manage': {
    title: 'Review who holds what, and take it away',
    roles: ['admin'],
    company: true,
    people: true,
  },
} as const;

/** What people hold themselves: no agent does it, whatever roles it has. */
const forPeople = new Set<string>(Object.entries(permissions).flatMap(([name, one]) => ('people' in one ? [name] : [])));

const actions = [
  searchAudit,
  getCall,
  listApprovals,
  listAsks,
  withdrawAsk,
  getApproval,
  approveCall,
  rejectCall,
  cancelApproval,
  createStandingGrant,
  revokeStandingGrant,
  listStandingGrants,
  listRules,
  setTier,
  removeTier,
  setLimit,
  removeLimit,
  switchOff,
  switchOn,
  setRule,
  removeRule,
  getRuleSchema,
  explainAccess,
  erasePersonalData,
  listUntrustedRows,
  trustRows,
  listIncidents,
  getIncident,
  acknowledgeIncident,
  assignIncident,
  noteIncident,
  resolveIncident,
  startAccessReview,
  listAccessReviews,
  getAccessReview,
  certifyAccess,
  revokeAccess,
] as const;

export const governancePlugin = definePlugin({
  id: 'governance',
  version: '0.2.0',
  from: import.meta.url,
  permissions,
  tables: {
    approvals: {
      table: tables.approvals,
      read: everything,
      own: 'requester',
      private: ['input'],
      hidden: ['call', 'changes', 'inputDigest', 'effectDigest'],
      unrecorded: [],
      personal: {
        of: ['requester', 'onBehalfOf'],
        columns: ['call', 'input', 'changes'],
      },
    },
    votes: { table: tables.votes, read: everything, own: 'person', hidden: [], unrecorded: [] },
    tiers: { table: tables.tiers, read: 'governance.rule.read', hidden: [], unrecorded: [] },
    limits: { table: tables.limits, read: 'governance.rule.read', hidden: [], unrecorded: [] },
    limitUses: { table: tables.limitUses, read: 'governance.rule.read', own: 'actor', hidden: [], unrecorded: [] },
    standingGrants: { table: tables.standingGrants, read: 'governance.rule.read', own: 'grantedBy', hidden: [], unrecorded: [] },
    cedarRules: { table: tables.cedarRules, read: 'governance.rule.read', hidden: [], unrecorded: [] },
    switches: { table: tables.switches, read: 'governance.rule.read', hidden: [], unrecorded: [] },
    incidents: { table: tables.incidents, read: 'governance.incident.read', hidden: [], unrecorded: [] },
    incidentNotes: { table: tables.incidentNotes, read: 'governance.incident.read', hidden: [], unrecorded: [] },
    places: { table: tables.places, read: 'governance.incident.read', own: 'person', hidden: ['digest'], unrecorded: ['digest'] },
    accessReviews: { table: tables.accessReviews, read: 'governance.access-review.read', hidden: [], unrecorded: [] },
    accessItems: {
      table: tables.accessItems,
      read: 'governance.access-review.read',
      own: 'actorId',
      hidden: ['hands'],
      unrecorded: [],
      codes: ['kind', 'state'],
    },
    watch: { table: tables.watch, read: 'governance.incident.read', hidden: [], unrecorded: [] },
  },
  requires: {
    identity: [
      'signedInAt',
      'holders',
      'held',
      'appointers',
      'findPerson',
      'endAccess',
      'endInvitations',
      'access',
      'takeAccess',
      'tellOwners',
    ],
  },
  errors: [governanceErrors],
  actions,
  policies: [
    auditorsByTwo,
    agentsNever(
      'governance',
      actions.filter(({ effect, permission }) => effect === 'write' && forPeople.has(permission)).map(({ name }) => name),
    ),
  ],
  events: [incidentOpened],
  subscriptions: [watchSignIns],
  jobs: [runApproved, expireApprovals, watchRecord],
  governor,
  provides: [
    provide(governancePort, (ctx) => ({
      weeks: (of) => recordedWeeks(ctx, of),
      changedRows: (of) => rowsChangedBy(ctx, of),
    })),
  ],
  commands: [accessCommand],
});
