// For every action an input that would work in the furnished house. An action without one fails the tests that walk them all: add it here.
import { CANARY, type FurnishedHouse, GOOD_CARD, type Things } from './furnished-house.ts';
import { codeOf } from './sign-in-things.ts';

/** Whose call it is when it is not the Owner's. */
export type Usual = 'owner' | 'guest' | 'careful' | 'itself';

interface Plausible {
  readonly by?: Usual;
  input(house: Pick<FurnishedHouse, 'things' | 'upload'>): unknown;
}

const newSlug = () => `x${crypto.randomUUID().slice(0, 8)}`;
const newKey = () => crypto.randomUUID().replaceAll('-', '');
const asked = ({ askedRunId, askedRunner }: Things) => ({ runId: askedRunId, runner: askedRunner });
const none: Plausible = { input: () => ({}) };
const move = (path: string) => [
  { path, unit: 'EUR', amount: '250' },
  { path: 'equity:capital', unit: 'EUR', amount: '-250' },
];

export const plausibleInputs: Readonly<Record<string, Plausible>> = {
  'identity.get-me': none,
  'identity.sign-in': { by: 'guest', input: ({ things }) => ({ email: things.email, password: things.password }) },
  'identity.redeem-link': { by: 'guest', input: ({ things }) => ({ link: things.link }) },
  'identity.request-link': { by: 'guest', input: ({ things }) => ({ email: things.email }) },
  'identity.accept-invitation': { by: 'guest', input: ({ things }) => ({ invitation: things.invitation }) },
  'identity.confirm-sign-in': {
    by: 'guest',
    input: ({ things }) => ({ challenge: things.challenge, code: codeOf(things.carefulKey) }),
  },
  'identity.list-ways-in': none,
  'identity.begin-provider-sign-in': { by: 'guest', input: () => ({ provider: 'github' }) },
  'identity.finish-provider-sign-in': {
    by: 'guest',
    input: ({ things }) => ({ state: things.state, binding: things.binding, code: 'a-code' }),
  },
  'identity.begin-wallet-sign-in': { by: 'guest', input: () => ({ address: '0xd8da6bf26964af9d7eed9e03e53415d37aa96045' }) },
  'identity.finish-wallet-sign-in': {
    by: 'guest',
    input: ({ things }) => ({ message: things.message, signature: things.signature }),
  },
  'identity.begin-passkey-sign-in': { by: 'guest', input: () => ({}) },
  'identity.sign-in-with-passkey': { by: 'guest', input: ({ things }) => ({ credential: things.signedPasskey }) },
  'identity.sign-out': none,
  'identity.refresh-session': none,
  'identity.set-password': { input: () => ({ password: 'another fine night' }) },
  'identity.enrol-authenticator': none,
  'identity.confirm-authenticator': { input: ({ things }) => ({ code: codeOf(things.ownerKey) }) },
  'identity.renew-recovery-codes': { by: 'careful', input: () => ({}) },
  'identity.disable-authenticator': { by: 'careful', input: () => ({}) },
  'identity.list-identities': none,
  'identity.unlink-identity': { input: ({ things }) => ({ identityId: things.identityId }) },
  'identity.begin-passkey': none,
  'identity.add-passkey': { input: ({ things }) => ({ credential: things.newPasskey, name: 'A phone' }) },
  'identity.list-passkeys': none,
  'identity.remove-passkey': { input: ({ things }) => ({ passkeyId: things.passkeyId }) },
  'identity.list-sessions': none,
  'identity.revoke-session': { input: ({ things }) => ({ sessionId: things.sessionId }) },
  'identity.create-token': { input: () => ({ name: 'script' }) },
  'identity.list-tokens': none,
  'identity.revoke-token': { input: ({ things }) => ({ tokenId: things.tokenId }) },
  'identity.allow-app': {
    input: () => ({
      clientId: newSlug(),
      clientName: 'A new app',
      clientHost: 'app.test',
      resource: 'https://house.test/mcp',
      scopes: ['identity.me.read'],
      days: 7,
    }),
  },
  'identity.list-apps': none,
  'identity.revoke-app': { input: ({ things }) => ({ appId: things.appId }) },
  'identity.list-people': none,
  'identity.create-person': { input: () => ({ name: 'Somebody new', email: `${newSlug()}@people.test` }) },
  'identity.update-person': { input: ({ things }) => ({ personId: things.personId, name: 'Another name' }) },
  'identity.deactivate-person': { input: ({ things }) => ({ personId: things.personId }) },
  'identity.reactivate-person': { input: ({ things }) => ({ personId: things.goneId }) },
  'identity.create-link': { input: ({ things }) => ({ personId: things.personId }) },
  'identity.invite-person': { input: () => ({ name: 'Somebody new', email: `${newSlug()}@people.test`, role: 'editor' }) },
  'identity.list-invitations': none,
  'identity.revoke-invitation': { input: ({ things }) => ({ invitationId: things.invitationId }) },
  'identity.grant-role': { input: ({ things }) => ({ personId: things.personId, role: 'editor' }) },
  'identity.revoke-role': { input: ({ things }) => ({ personId: things.personId, role: 'viewer' }) },
  'identity.list-roles': none,
  'identity.create-role': { input: () => ({ roleId: newSlug(), name: 'A new role', permissions: ['identity.person.read'] }) },
  'identity.update-role': { input: ({ things }) => ({ roleId: things.roleId, name: 'Another name' }) },
  'identity.delete-role': { input: ({ things }) => ({ roleId: things.roleId }) },
  'identity.list-brands': none,
  'identity.create-brand': { input: () => ({ brandId: newSlug(), name: 'A new brand' }) },
  'identity.list-departments': none,
  'identity.create-department': { input: () => ({ departmentId: newSlug(), name: 'A new department' }) },
  'identity.rename-department': { input: () => ({ departmentId: 'finance', name: 'Money' }) },
  'identity.archive-department': { input: ({ things }) => ({ departmentId: things.departmentId }) },
  'identity.restore-department': { input: ({ things }) => ({ departmentId: things.closedDepartmentId }) },
  'identity.list-members': { input: () => ({ departmentId: 'finance' }) },

  'ledger.post-entry': { input: ({ things }) => ({ memo: CANARY, postings: move(things.path ?? '') }) },
  'ledger.reverse-entry': { input: ({ things }) => ({ entryId: things.entryId }) },
  'ledger.get-entry': { input: ({ things }) => ({ entryId: things.entryId }) },
  'ledger.open-account': {
    input: () => ({ path: `assets:${newSlug()}`, title: 'A new account', type: 'asset', unit: 'EUR' }),
  },
  'ledger.list-accounts': none,
  'ledger.get-balance': { input: ({ things }) => ({ path: things.path, unit: 'EUR' }) },
  'ledger.get-statement': none,
  'ledger.get-profit-and-loss': none,
  'ledger.create-unit': { input: () => ({ code: newSlug().toUpperCase(), title: 'A new unit', scale: 0 }) },
  'ledger.list-units': none,

  'governance.list-approvals': none,
  'governance.get-approval': { input: ({ things }) => ({ approvalId: things.approvalId }) },
  'governance.approve-call': { input: ({ things }) => ({ approvalId: things.approvalId }) },
  'governance.reject-call': { input: ({ things }) => ({ approvalId: things.approvalId }) },
  'governance.cancel-approval': { input: ({ things }) => ({ approvalId: things.approvalId }) },
  'governance.create-standing-grant': {
    input: ({ things }) => ({
      agent: things.agentId,
      action: 'ledger.post-entry',
      counterparty: CANARY,
      unit: 'EUR',
      cap: '100',
    }),
  },
  'governance.revoke-standing-grant': { input: ({ things }) => ({ standingGrantId: things.standingGrantId }) },
  'governance.list-standing-grants': none,
  'governance.list-rules': none,
  'governance.set-tier': { input: () => ({ unit: 'JPY', tier: 1, fromAmount: '500' }) },
  'governance.remove-tier': { input: () => ({ unit: 'USD', tier: 3 }) },
  'governance.set-limit': { input: () => ({ actor: CANARY, unit: 'EUR', amount: '1' }) },
  'governance.remove-limit': { input: ({ things }) => ({ limitId: things.limitId }) },
  'governance.switch-off': { input: () => ({ kind: 'actor', target: newSlug(), reason: CANARY }) },
  'governance.switch-on': { input: () => ({ kind: 'actor', target: CANARY }) },
  'governance.set-rule': {
    input: () => ({
      name: 'no-jokes',
      target: 'ledger.create-unit',
      policy: 'forbid (principal, action, resource) when { context.input.code == "JOKE" };',
    }),
  },
  'governance.remove-rule': { input: () => ({ name: 'no-agents-here' }) },
  'governance.get-rule-schema': { input: () => ({ target: 'ledger.post-entry' }) },
  'governance.explain-access': { input: ({ things }) => ({ actorId: things.personId, action: 'ledger.get-entry' }) },
  'governance.erase-personal-data': { input: () => ({ email: `${newSlug()}@buyers.test` }) },
  'governance.list-untrusted-rows': none,
  'governance.trust-rows': {
    input: ({ things }) => ({ table: 'marketplace.orders', rows: [{ key: things.orderId, seen: things.orderWords }] }),
  },
  'governance.list-incidents': none,
  'governance.get-incident': { input: ({ things }) => ({ incidentId: things.incidentId }) },
  'governance.acknowledge-incident': { input: ({ things }) => ({ incidentId: things.incidentId }) },
  'governance.assign-incident': { input: ({ things }) => ({ incidentId: things.incidentId, personId: things.ownerId }) },
  'governance.note-incident': { input: ({ things }) => ({ incidentId: things.incidentId, text: 'Looking at it.' }) },
  'governance.resolve-incident': {
    input: ({ things }) => ({ incidentId: things.seenIncidentId, resolution: 'Nothing to see.' }),
  },
  'governance.start-access-review': { input: () => ({ title: newSlug() }) },
  'governance.list-access-reviews': none,
  'governance.get-access-review': { input: ({ things }) => ({ reviewId: things.reviewId }) },
  'governance.certify-access': { input: ({ things }) => ({ itemId: things.reviewItemId, note: 'Needed.' }) },
  'governance.revoke-access': { input: ({ things }) => ({ itemId: things.reviewItemId, note: 'Not needed.' }) },
  'governance.search-audit': none,
  'governance.get-call': { input: ({ things }) => ({ callId: things.callId ?? crypto.randomUUID() }) },

  'assets.import': { input: async ({ upload }) => ({ file: await upload('assets.import'), brandId: 'gallery' }) },
  'assets.get-import': { input: ({ things }) => ({ importId: things.importId }) },
  'assets.search': { input: () => ({ q: 'stripes' }) },
  'assets.get': { input: ({ things }) => ({ id: things.onSaleId }) },
  'assets.open': { input: ({ things }) => ({ id: things.onSaleId, variant: 'original' }) },
  'assets.update': { input: ({ things }) => ({ id: things.assetId, title: 'Another title' }) },
  'assets.publish': { input: ({ things }) => ({ id: things.assetId }) },
  'assets.archive': { input: ({ things }) => ({ id: things.oldId }) },
  'assets.create-collection': { input: () => ({ brandId: 'gallery', title: 'A new collection' }) },
  'assets.add-to-collection': { input: ({ things }) => ({ id: things.collectionId, assetIds: [things.assetId] }) },
  'assets.list-collections': none,

  'marketplace.list-listings': none,
  'marketplace.get-listing': { input: ({ things }) => ({ listingId: things.listingId }) },
  'marketplace.buy': {
    by: 'guest',
    input: ({ things }) => ({
      listingId: things.listingId,
      cardNumber: GOOD_CARD,
      email: 'somebody-else@buyers.test',
      accessKey: newKey(),
    }),
  },
  'marketplace.get-order': { input: ({ things }) => ({ orderId: things.orderId }) },
  'marketplace.list-orders': none,
  'marketplace.download': {
    by: 'guest',
    input: ({ things }) => ({ deliveryId: things.deliveryId, token: things.deliveryToken }),
  },
  'marketplace.renew-delivery-link': {
    by: 'guest',
    input: ({ things }) => ({ deliveryId: things.deliveryId, accessKey: things.accessKey }),
  },
  'marketplace.create-product': { input: ({ things }) => ({ assetIds: [things.publishedId], stock: 3 }) },
  'marketplace.set-stock': { input: ({ things }) => ({ productId: things.productId, onHand: 7 }) },
  'marketplace.list-products': none,
  'marketplace.create-listing': { input: ({ things }) => ({ productId: things.productId, unit: 'EUR', price: '900' }) },
  'marketplace.open-listing': { input: ({ things }) => ({ listingId: things.draftId }) },
  'marketplace.update-listing': { input: ({ things }) => ({ listingId: things.listingId, price: '1300' }) },
  'marketplace.end-listing': { input: ({ things }) => ({ listingId: things.listingId }) },
  'marketplace.hold-stock': { input: ({ things }) => ({ productId: things.productId }) },
  'marketplace.fulfil-order': { input: ({ things }) => ({ orderId: things.physicalOrderId }) },
  'marketplace.refund-order': { input: ({ things }) => ({ orderId: things.orderId }) },
  'marketplace.get-sales': none,

  'workforce.create-agent': {
    input: () => ({ name: 'A new agent', role: 'Helps', description: '', instructions: '', departments: ['Front desk'] }),
  },
  'workforce.list-agents': none,
  'workforce.get-agent': { input: ({ things }) => ({ agentId: things.agentId }) },
  'workforce.update-agent': { input: ({ things }) => ({ agentId: things.agentId, name: 'Another name' }) },
  'workforce.start-conversation': { input: () => ({ title: 'A new conversation' }) },
  'workforce.list-conversations': none,
  'workforce.get-conversation': { input: ({ things }) => ({ conversationId: things.conversationId }) },
  'workforce.rename-conversation': {
    input: ({ things }) => ({ conversationId: things.conversationId, title: 'Another title' }),
  },
  'workforce.add-message': { input: ({ things }) => ({ conversationId: things.conversationId, text: 'More' }) },
  'workforce.start-run': {
    by: 'itself',
    input: ({ things: { conversationId, agentId, ownerId } }) => ({
      ...{ runId: crypto.randomUUID(), runner: crypto.randomUUID(), conversationId, agentId, personId: ownerId },
      ...{ caller: '{}', models: ['custom/scripted'], trace: '', requestId: '', requestBytes: 0 },
    }),
  },
  'workforce.keep-answer': {
    by: 'itself',
    input: ({ things }) => ({ ...asked(things), number: 1, text: 'Let me look.', calls: '[]' }),
  },
  'workforce.begin-step': {
    by: 'itself',
    input: ({ things: { answeredRunId, answeredRunner } }) => ({
      ...{ runId: answeredRunId, runner: answeredRunner, number: 2, requestBytes: 0 },
    }),
  },
  'workforce.finish-run': { by: 'itself', input: ({ things }) => ({ ...asked(things), status: 'done', text: 'So it is.' }) },
  'workforce.list-open-runs': { by: 'itself', input: () => ({}) },
  'workforce.claim-run': {
    by: 'itself',
    input: ({ things }) => ({ runId: things.askedRunId, runner: crypto.randomUUID(), from: things.askedRunner }),
  },
  'workforce.set-model-price': { input: () => ({ model: 'custom/other', inputMicroUsd: '3000000', outputMicroUsd: '15000000' }) },
  'workforce.remove-model-price': { input: () => ({ model: 'custom/scripted' }) },
  'workforce.list-model-prices': none,
  'workforce.set-budget': { input: ({ things }) => ({ kind: 'agent', actorId: things.agentId, dailyMicroUsd: '2000000' }) },
  'workforce.remove-budget': { input: ({ things }) => ({ kind: 'agent', actorId: things.agentId }) },
  'workforce.list-budgets': none,
};
