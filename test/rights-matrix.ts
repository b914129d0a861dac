// Who may do what, said once more by hand: whoever adds an action, or opens one to others, says so here too.
import type { Role } from '@troupe-os/core';

export interface Right {
  /** The lowest role that may; `signed-in`: anybody who has said who they are, whatever role they hold. */
  readonly from: Role | 'signed-in';
  /** Whether an agent may, where it and the person it acts for both hold the role. */
  readonly agents: boolean;
  /** Where no model is given it as a tool: `never` what takes or shows a secret; `by name` bytes, which are only run by their name. */
  readonly tool?: 'never' | 'by name';
}

export const rightsMatrix: Readonly<Record<string, Right>> = {
  'identity.get-me': { from: 'guest', agents: true },
  'identity.sign-in': { from: 'guest', agents: false, tool: 'never' },
  'identity.redeem-link': { from: 'guest', agents: false, tool: 'never' },
  'identity.sign-out': { from: 'guest', agents: false },
  'identity.refresh-session': { from: 'guest', agents: false },
  'identity.set-password': { from: 'signed-in', agents: false, tool: 'never' },
  'identity.list-sessions': { from: 'signed-in', agents: true },
  'identity.revoke-session': { from: 'signed-in', agents: false },
  'identity.create-token': { from: 'signed-in', agents: false, tool: 'never' },
  'identity.list-tokens': { from: 'signed-in', agents: true },
  'identity.revoke-token': { from: 'signed-in', agents: false },
  'identity.list-people': { from: 'admin', agents: true },
  'identity.create-person': { from: 'admin', agents: false, tool: 'never' },
  'identity.update-person': { from: 'admin', agents: false, tool: 'never' },
  'identity.deactivate-person': { from: 'admin', agents: false },
  'identity.reactivate-person': { from: 'admin', agents: false },
  'identity.create-link': { from: 'admin', agents: false, tool: 'never' },
  'identity.grant-role': { from: 'admin', agents: false },
  'identity.revoke-role': { from: 'admin', agents: false },
  'identity.list-brands': { from: 'guest', agents: true },
  'identity.create-brand': { from: 'admin', agents: false },

  'ledger.post-entry': { from: 'admin', agents: true },
  'ledger.reverse-entry': { from: 'admin', agents: true },
  'ledger.get-entry': { from: 'admin', agents: true },
  'ledger.open-account': { from: 'admin', agents: true },
  'ledger.list-accounts': { from: 'admin', agents: true },
  'ledger.get-balance': { from: 'admin', agents: true },
  'ledger.get-statement': { from: 'admin', agents: true },
  'ledger.get-profit-and-loss': { from: 'admin', agents: true },
  'ledger.create-unit': { from: 'admin', agents: true },
  'ledger.list-units': { from: 'viewer', agents: true },

  'assets.import': { from: 'editor', agents: true },
  'assets.get-import': { from: 'editor', agents: true },
  'assets.search': { from: 'guest', agents: true },
  'assets.get': { from: 'guest', agents: true },
  'assets.open': { from: 'guest', agents: true, tool: 'by name' },
  'assets.update': { from: 'editor', agents: true },
  'assets.publish': { from: 'editor', agents: true },
  'assets.archive': { from: 'editor', agents: true },
  'assets.create-collection': { from: 'editor', agents: true },
  'assets.add-to-collection': { from: 'editor', agents: true },
  'assets.list-collections': { from: 'guest', agents: true },

  'marketplace.list-listings': { from: 'guest', agents: true },
  'marketplace.get-listing': { from: 'guest', agents: true },
  'marketplace.buy': { from: 'guest', agents: true, tool: 'never' },
  'marketplace.get-order': { from: 'guest', agents: true, tool: 'never' },
  'marketplace.list-orders': { from: 'signed-in', agents: true },
  'marketplace.download': { from: 'guest', agents: true, tool: 'never' },
  'marketplace.renew-delivery-link': { from: 'guest', agents: true, tool: 'never' },
  'marketplace.create-product': { from: 'editor', agents: true },
  'marketplace.set-stock': { from: 'editor', agents: true },
  'marketplace.list-products': { from: 'viewer', agents: true },
  'marketplace.create-listing': { from: 'editor', agents: true },
  'marketplace.open-listing': { from: 'editor', agents: true },
  'marketplace.update-listing': { from: 'editor', agents: true },
  'marketplace.end-listing': { from: 'editor', agents: true },
  'marketplace.hold-stock': { from: 'editor', agents: true },
  'marketplace.fulfil-order': { from: 'editor', agents: true },
  'marketplace.refund-order': { from: 'admin', agents: true },
  'marketplace.get-sales': { from: 'editor', agents: true },

  'governance.search-audit': { from: 'admin', agents: true },
  'governance.get-call': { from: 'admin', agents: true },

  'workforce.create-agent': { from: 'admin', agents: false },
  'workforce.list-agents': { from: 'viewer', agents: true },
  'workforce.get-agent': { from: 'viewer', agents: true },
  'workforce.update-agent': { from: 'admin', agents: false },
  'workforce.start-conversation': { from: 'viewer', agents: true },
  'workforce.list-conversations': { from: 'viewer', agents: true },
  'workforce.get-conversation': { from: 'viewer', agents: true },
  'workforce.rename-conversation': { from: 'viewer', agents: true },
  'workforce.add-message': { from: 'viewer', agents: true },
  'workforce.finish-message': { from: 'viewer', agents: true },
};
