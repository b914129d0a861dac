// What the pages ask of the kernel: which action, at which address, and what of the page shows that it was answered.
import type { Role } from '@troupe-os/core';
import { GOOD_CARD } from './furnished-house.ts';

interface PageCall {
  /** With things of the house and of the visitor in braces. */
  readonly route: string;
  readonly action: string;
  /** The lowest role for which the page, or this part of it, is there; without one it is there for everybody. */
  readonly from?: Role;
}

/** A page that is looked at. */
export interface PageLoad extends PageCall {
  /** The part of the page's data that is there when the action was answered. */
  readonly shows: string;
  /** What an earlier page left in the browser. */
  readonly cookies?: Readonly<Record<string, string>>;
}

/** A form that is sent. Each leaves one row for its action; some are one action of several, in the order of `after`. */
export interface PageForm extends PageCall {
  readonly after?: readonly string[];
  readonly form: Readonly<Record<string, string>>;
  /** Whom it is shown to, if not to everybody: whoever signs in has no session, and whoever signs out has. */
  readonly shownTo?: 'strangers' | 'signed-in';
  /** What an earlier page left in the browser. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** The name of a field that takes a picture. */
  readonly picture?: string;
}

const works = { from: 'viewer' } as const;
const orders = { from: 'editor' } as const;
const books = { from: 'admin' } as const;

export const pageLoads: readonly PageLoad[] = [
  { route: '/', action: 'identity.get-me', shows: 'isStaff' },
  { route: '/', action: 'assets.search', shows: 'works' },
  { route: '/?q=stripes', action: 'marketplace.list-listings', shows: 'works' },
  { route: '/works/{onSaleId}', action: 'assets.get', shows: 'work' },
  { route: '/works/{onSaleId}', action: 'marketplace.list-listings', shows: 'work' },
  { route: '/sign-in', action: 'identity.list-ways-in', shows: 'providers' },
  { route: '/sign-in/with/github', action: 'identity.begin-provider-sign-in', shows: 'nothing: it leads away' },
  {
    route: '/sign-in/with/github/callback?state=a-guess&code=a-guess',
    action: 'identity.finish-provider-sign-in',
    cookies: { troupe_binding: 'a-guess' },
    shows: 'problem',
  },
  { route: '/library', action: 'marketplace.list-orders', shows: 'orders' },
  { route: '/orders/{ownOrderId}?key={ownKey}', action: 'marketplace.get-order', shows: 'order' },
  { route: '/apps', action: 'identity.list-apps', shows: 'apps' },
  { route: '/account', action: 'identity.list-passkeys', shows: 'passkeys' },
  { route: '/account', action: 'identity.list-identities', shows: 'identities' },
  { route: '/account/sessions', action: 'identity.list-sessions', shows: 'sessions' },
  { route: '/account/tokens', action: 'identity.list-tokens', shows: 'tokens' },

  { route: '/chat', action: 'workforce.list-agents', from: 'viewer', shows: 'state' },
  { route: '/chat', action: 'workforce.list-conversations', from: 'viewer', shows: 'conversations' },
  { route: '/chat?c={ownConversationId}', action: 'workforce.get-conversation', from: 'viewer', shows: 'open' },

  { route: '/console', action: 'assets.search', ...works, shows: 'works' },
  { route: '/console', action: 'marketplace.get-sales', ...orders, shows: 'sales' },
  { route: '/console', action: 'marketplace.list-orders', ...orders, shows: 'orders' },
  { route: '/console', action: 'ledger.get-profit-and-loss', ...books, shows: 'report' },
  { route: '/console', action: 'governance.search-audit', ...books, shows: 'audit' },
  { route: '/console', action: 'governance.list-approvals', ...works, shows: 'approvals' },
  { route: '/console', action: 'governance.list-incidents', ...books, shows: 'incidents' },
  { route: '/console', action: 'governance.list-access-reviews', ...books, shows: 'reviews' },

  { route: '/console/assets', action: 'assets.search', ...works, shows: 'works' },
  { route: '/console/assets?status=indexed', action: 'identity.list-brands', ...works, shows: 'brands' },
  { route: '/console', action: 'assets.list-drafts', from: 'editor', shows: 'drafts' },
  { route: '/console/assets/drafts', action: 'assets.list-drafts', ...works, shows: 'drafts' },
  { route: '/console/assets/{onSaleId}', action: 'assets.list-drafts', ...works, shows: 'drafts' },
  { route: '/console/assets/{onSaleId}', action: 'assets.get', ...works, shows: 'asset' },
  { route: '/console/assets/{onSaleId}', action: 'marketplace.list-listings', ...works, shows: 'listings' },
  { route: '/console/assets/{onSaleId}', action: 'marketplace.list-products', from: 'editor', shows: 'product' },
  { route: '/console/assets/imports/{importId}', action: 'assets.get-import', ...works, shows: 'progress' },

  { route: '/console/orders', action: 'marketplace.list-orders', ...orders, shows: 'orders' },
  { route: '/console/orders?state=paid', action: 'identity.list-brands', ...orders, shows: 'brands' },
  { route: '/console/orders/{orderId}', action: 'marketplace.get-order', ...orders, shows: 'order' },

  { route: '/console/ledger', action: 'ledger.list-accounts', ...books, shows: 'accounts' },
  { route: '/console/ledger', action: 'ledger.get-profit-and-loss', ...books, shows: 'report' },
  { route: '/console/ledger/entries/{entryId}', action: 'ledger.get-entry', ...books, shows: 'entry' },
  { route: '/console/ledger/statement', action: 'ledger.get-statement', ...books, shows: 'postings' },
  { route: '/console/ledger/statement?path={path}&unit=EUR', action: 'ledger.get-balance', ...books, shows: 'account' },

  { route: '/console/tasks', action: 'workforce.list-tasks', ...works, shows: 'tasks' },
  { route: '/console/tasks?state=failed&whose=mine', action: 'workforce.list-agents', ...works, shows: 'assignees' },
  { route: '/console/tasks/{myTaskId}', action: 'workforce.get-task', ...works, shows: 'task' },
  { route: '/console/schedules', action: 'workforce.list-schedules', ...orders, shows: 'schedules' },
  { route: '/console/agents', action: 'workforce.list-agents', ...works, shows: 'agents' },
  { route: '/console/agents', action: 'performance.get-weeks', ...works, shows: 'performance' },
  { route: '/console/agents/{agentId}', action: 'workforce.get-agent', ...works, shows: 'agent' },
  { route: '/console/agents/{agentId}', action: 'performance.get-weeks', ...works, shows: 'weeks' },
  { route: '/console/agents/{agentId}', action: 'workforce.list-budgets', ...orders, shows: 'budget' },

  { route: '/console/memories', action: 'workforce.list-memories', ...works, shows: 'memories' },
  { route: '/console/market', action: 'marketdata.list-sources', ...orders, shows: 'sources' },
  { route: '/console/market', action: 'marketdata.list-opportunities', ...orders, shows: 'opportunities' },
  { route: '/console/market', action: 'marketdata.list-watches', ...orders, shows: 'watches' },
  { route: '/console/market', action: 'marketdata.list-quotes', ...orders, shows: 'quotes' },
  { route: '/console/market?asset=canary:1', action: 'marketdata.get-summary', ...orders, shows: 'summary' },

  { route: '/console/approvals', action: 'governance.list-approvals', ...works, shows: 'approvals' },
  { route: '/console/approvals/{approvalId}', action: 'governance.get-approval', ...works, shows: 'approval' },

  { route: '/console/audit', action: 'governance.search-audit', ...books, shows: 'entries' },
  { route: '/console/audit/{callId}', action: 'governance.get-call', ...books, shows: 'call' },
  { route: '/console/audit?actor={ownerId}', action: 'identity.list-people', ...books, shows: 'names' },

  { route: '/console/incidents', action: 'governance.list-incidents', ...books, shows: 'incidents' },
  { route: '/console/incidents/{incidentId}', action: 'governance.get-incident', ...books, shows: 'incident' },
  { route: '/console/incidents/{incidentId}', action: 'governance.search-audit', ...books, shows: 'evidence' },

  { route: '/console/people', action: 'identity.list-people', ...books, shows: 'people' },
  { route: '/console/people', action: 'identity.list-invitations', ...books, shows: 'invitations' },
  { route: '/console/people', action: 'identity.list-roles', ...books, shows: 'roles' },
  { route: '/console/people', action: 'identity.list-departments', ...books, shows: 'places' },

  { route: '/console/access', action: 'governance.list-access-reviews', ...books, shows: 'reviews' },
  { route: '/console/access/{reviewId}', action: 'governance.get-access-review', ...books, shows: 'review' },

  { route: '/console/rules', action: 'governance.list-rules', ...books, shows: 'rules' },
  { route: '/console/rules', action: 'workforce.list-agents', ...books, shows: 'actors' },
  { route: '/console/rules/editor', action: 'governance.list-rules', ...books, shows: 'rule' },
  { route: '/console/rules/editor?target=ledger.post-entry', action: 'governance.get-rule-schema', ...books, shows: 'schema' },
  {
    route: '/console/rules/explain?who={ownerId}&action=ledger.post-entry',
    action: 'governance.explain-access',
    ...books,
    shows: 'explained',
  },
];

const sale = { after: ['assets.get', 'marketplace.list-products'], form: { price: '9.00', unit: 'EUR', kind: 'digital' } };

const rule = {
  name: 'a-rule-of-the-page',
  target: 'ledger.create-unit',
  policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
};

export const pageForms: readonly PageForm[] = [
  { route: '/sign-in', action: 'identity.sign-in', shownTo: 'strangers', form: { email: '{email}', password: '{password}' } },
  { route: '/sign-in/link', action: 'identity.redeem-link', shownTo: 'strangers', form: { token: '{ownLink}' } },
  {
    route: '/sign-in/code',
    action: 'identity.confirm-sign-in',
    shownTo: 'strangers',
    form: { code: '{code}' },
    cookies: { troupe_challenge: '{challenge}' },
  },
  { route: '/sign-in/passkey?/begin', action: 'identity.begin-passkey-sign-in', shownTo: 'strangers', form: {} },
  {
    route: '/sign-in/passkey?/finish',
    action: 'identity.sign-in-with-passkey',
    shownTo: 'strangers',
    form: { credential: '{signedPasskey}' },
  },
  {
    route: '/sign-in/wallet?/begin',
    action: 'identity.begin-wallet-sign-in',
    shownTo: 'strangers',
    form: { address: '{wallet}' },
  },
  {
    route: '/sign-in/wallet?/finish',
    action: 'identity.finish-wallet-sign-in',
    shownTo: 'strangers',
    form: { message: '{message}', signature: '{signature}' },
  },
  { route: '/sign-in/mail', action: 'identity.request-link', form: { email: '{email}' } },
  { route: '/sign-in/invitation', action: 'identity.accept-invitation', shownTo: 'strangers', form: { token: '{invitation}' } },
  {
    route: '/works/{onSaleId}?/buy',
    action: 'marketplace.buy',
    form: { listing: '{listingId}', total: '1250', card: GOOD_CARD, nonce: '{nonce}', key: '{nonce}', email: 'p@people.test' },
  },
  {
    route: '/orders/{ownOrderId}/files/{ownDeliveryId}',
    action: 'marketplace.download',
    after: ['marketplace.get-order'],
    form: { key: '{ownKey}' },
  },
  // without the key of the order its signed-in buyer is given a new link
  { route: '/orders/{ownOrderId}/files/{ownDeliveryId}', action: 'marketplace.renew-delivery-link', form: { said: 'nothing' } },
  { route: '/apps?/end', action: 'identity.revoke-app', form: { app: '{ownAppId}' } },
  { route: '/account/tokens?/make', action: 'identity.create-token', form: { name: 'script', reach: 'all', days: '7' } },
  { route: '/account/tokens?/end', action: 'identity.revoke-token', form: { token: '{ownTokenId}' } },
  // what is begun ends with the sessions, so it comes before what ends them
  { route: '/account?/addPasskey', action: 'identity.add-passkey', form: { credential: '{ownNewPasskey}', name: 'A phone' } },
  {
    route: '/account?/linkWallet',
    action: 'identity.finish-wallet-sign-in',
    shownTo: 'signed-in',
    form: { message: '{ownMessage}', signature: '{ownSignature}' },
  },
  { route: '/account?/beginPasskey', action: 'identity.begin-passkey', form: {} },
  {
    route: '/account?/beginWallet',
    action: 'identity.begin-wallet-sign-in',
    shownTo: 'signed-in',
    form: { address: '{wallet}' },
  },
  { route: '/account/sessions?/end', action: 'identity.revoke-session', form: { session: '{ownOtherSessionId}' } },
  { route: '/account?/confirm', action: 'identity.confirm-authenticator', form: { code: '{ownCode}' } },
  { route: '/account?/renew', action: 'identity.renew-recovery-codes', form: {} },
  { route: '/account?/disable', action: 'identity.disable-authenticator', form: {} },
  { route: '/account?/enrol', action: 'identity.enrol-authenticator', form: {} },
  { route: '/account?/removePasskey', action: 'identity.remove-passkey', form: { passkey: '{ownPasskeyId}' } },
  { route: '/account?/linkChat', action: 'identity.begin-account-link', form: { channel: 'telegram' } },
  { route: '/account?/unlink', action: 'identity.unlink-identity', form: { identity: '{ownIdentityId}' } },
  { route: '/account?/password', action: 'identity.set-password', form: { password: 'another fine night' } },
  { route: '/chat?/say', action: 'workforce.start-conversation', from: 'viewer', form: { text: 'Good evening' } },
  { route: '/chat?c={ownConversationId}&/rename', action: 'workforce.rename-conversation', form: { title: 'A name' } },
  {
    route: '/chat?/approve',
    action: 'governance.approve-call',
    form: { approvalId: '{chatApproveId}' },
  },
  {
    route: '/chat?/decline',
    action: 'governance.reject-call',
    form: { approvalId: '{chatRejectId}' },
  },

  { route: '/console/assets?/upload', action: 'assets.import', ...works, form: { brand: 'gallery' }, picture: 'files' },
  { route: '/console/assets/{assetId}?/acceptDraft', action: 'assets.accept-draft', form: { draft: '{workDraftId}' } },
  { route: '/console/assets/{assetId}?/reopenDraft', action: 'assets.reopen-draft', form: { draft: '{workDraftId}' } },
  {
    route: '/console/assets/drafts?/rejectDraft',
    action: 'assets.reject-draft',
    form: { draft: '{workDraftId}', note: 'Too long' },
  },
  { route: '/console/assets/{assetId}?/update', action: 'assets.update', form: { title: 'A title', type: 'art' } },
  { route: '/console/assets/{assetId}?/publish', action: 'assets.publish', form: {} },
  { route: '/console/assets/{oldId}?/archive', action: 'assets.archive', form: {} },
  { route: '/console/assets/{publishedId}?/list', action: 'marketplace.create-product', ...sale },
  { route: '/console/assets/{drawerId}?/list', action: 'marketplace.create-listing', ...sale },
  { route: '/console/assets/{onSaleId}?/end', action: 'marketplace.end-listing', form: { listing: '{listingId}' } },
  { route: '/console/orders/{orderId}?/refund', action: 'marketplace.refund-order', form: {} },
  { route: '/console/orders/{physicalOrderId}?/fulfil', action: 'marketplace.fulfil-order', form: {} },

  {
    route: '/console/tasks?/give',
    action: 'workforce.create-task',
    form: { title: 'A task', brief: 'Look at it.', assignee: '{ownerId}', priority: '2', due: '2030-01-31T12:00' },
  },
  { route: '/console/tasks/{myTaskId}?/assign', action: 'workforce.update-task', form: { priority: '1' } },
  { route: '/console/tasks/{failedTaskId}?/retry', action: 'workforce.retry-task', form: {} },
  { route: '/console/tasks/{myTaskId}?/finish', action: 'workforce.finish-task', form: { output: 'Seen', outcome: 'done' } },
  { route: '/console/tasks/{ownTaskId}?/cancel', action: 'workforce.cancel-task', form: {} },
  {
    route: '/console/schedules?/add',
    action: 'workforce.create-schedule',
    form: { title: 'Each Monday', brief: 'Look at it.', agent: '{agentId}', kind: 'cron', cron: '0 9 * * 1' },
  },
  { route: '/console/schedules?/pause', action: 'workforce.pause-schedule', form: { schedule: '{scheduleId}' } },
  { route: '/console/schedules?/resume', action: 'workforce.resume-schedule', form: { schedule: '{scheduleId}' } },
  { route: '/console/schedules?/secret', action: 'workforce.rotate-webhook-secret', form: { schedule: '{myWebhookId}' } },
  { route: '/console/schedules?/remove', action: 'workforce.remove-schedule', form: { schedule: '{scheduleId}' } },
  { route: '/console/agents/{agentId}?/pause', action: 'workforce.update-agent', form: {} },
  { route: '/console/agents/{agentId}?/resume', action: 'workforce.update-agent', form: {} },
  { route: '/console/memories?/save', action: 'workforce.save-memory', form: { text: 'Of {nonce}', reader: 'person' } },
  { route: '/console/memories?/forget', action: 'workforce.delete-memory', form: { memory: '{ownMemoryId}' } },
  {
    route: '/console/market?/watch',
    action: 'marketdata.add-watch',
    form: { asset: 'canary:1', kind: 'sale', direction: 'below', price: '7.00', unit: 'EUR' },
  },
  { route: '/console/market?/unwatch', action: 'marketdata.remove-watch', form: { watch: '{watchId}' } },
  { route: '/console/market?/dismiss', action: 'marketdata.dismiss-opportunity', form: { opportunity: '{opportunityId}' } },
  { route: '/console/market?/refresh', action: 'marketdata.refresh-source', form: { source: 'shop' } },

  {
    route: '/console/approvals/{approveId}?/approve',
    action: 'governance.approve-call',
    form: { note: 'Seen' },
  },
  {
    route: '/console/approvals/{rejectId}?/reject',
    action: 'governance.reject-call',
    form: { note: 'No' },
  },
  { route: '/console/incidents/{incidentId}?/acknowledge', action: 'governance.acknowledge-incident', form: {} },
  { route: '/console/incidents/{incidentId}?/assign', action: 'governance.assign-incident', form: { person: '{ownerId}' } },
  { route: '/console/incidents/{incidentId}?/note', action: 'governance.note-incident', form: { text: 'Looked at' } },
  {
    route: '/console/incidents/{seenIncidentId}?/resolve',
    action: 'governance.resolve-incident',
    form: { resolution: 'A test' },
  },

  {
    route: '/console/people?/invite',
    action: 'identity.invite-person',
    form: { name: 'Joe', email: '{nonce}@people.test', role: 'viewer' },
  },
  { route: '/console/people?/uninvite', action: 'identity.revoke-invitation', form: { invitation: '{invitationId}' } },
  { route: '/console/people?/grant', action: 'identity.grant-role', form: { person: '{somebodyId}', role: 'viewer' } },
  {
    route: '/console/people?/revoke',
    action: 'identity.revoke-role',
    form: { person: '{somebodyId}', role: 'viewer' },
  },
  { route: '/console/people?/deactivate', action: 'identity.deactivate-person', form: { person: '{somebodyId}' } },
  { route: '/console/people?/reactivate', action: 'identity.reactivate-person', form: { person: '{somebodyId}' } },

  { route: '/console/access?/start', action: 'governance.start-access-review', form: { title: 'Of {nonce}', kind: 'role' } },
  {
    route: '/console/access/{reviewId}?/keep',
    action: 'governance.certify-access',
    form: { item: '{reviewItemId}', note: 'Yes' },
  },
  { route: '/console/access/{reviewId}?/take', action: 'governance.revoke-access', form: { item: '{takenItemId}', note: 'No' } },

  { route: '/console/rules?/off', action: 'governance.switch-off', form: { kind: 'actor', target: '{nonce}', reason: 'A test' } },
  { route: '/console/rules?/on', action: 'governance.switch-on', form: { kind: 'actor', target: '{nonce}' } },
  { route: '/console/rules?/setTier', action: 'governance.set-tier', form: { unit: 'PTS', tier: '1', sum: '5' } },
  { route: '/console/rules?/removeTier', action: 'governance.remove-tier', form: { unit: 'PTS', tier: '1' } },
  { route: '/console/rules?/setLimit', action: 'governance.set-limit', form: { unit: 'PTS', sum: '500', window: '3600' } },
  { route: '/console/rules?/removeLimit', action: 'governance.remove-limit', form: { limit: '{limitId}' } },
  { route: '/console/rules/editor?/try', action: 'governance.set-rule', form: { ...rule } },
  { route: '/console/rules/editor?/save', action: 'governance.set-rule', form: { ...rule } },
  { route: '/console/rules/editor?/tryRemoval', action: 'governance.remove-rule', form: { name: rule.name } },
  { route: '/console/rules/editor?/remove', action: 'governance.remove-rule', form: { name: rule.name } },

  {
    route: '/console/approvals/{cancelId}?/cancel',
    action: 'governance.cancel-approval',
    form: {},
  },

  { route: '/sign-out', action: 'identity.sign-out', shownTo: 'signed-in', form: {} }, // the last: the session ends
];
