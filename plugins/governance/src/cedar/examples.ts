/** Rules to begin with: `governance.list-rules` shows them, and nothing applies one by itself. */
export const EXAMPLES = [
  {
    name: 'ledger-for-finance',
    target: 'ledger.entry.read',
    outcome: 'refuse',
    policy:
      'forbid (principal, action, resource) unless { principal.roles.contains("owner") || principal.roles.contains("admin@finance") };',
    note: 'Only Owners, and whoever is Admin of the department finance, see full details of the ledger.',
  },
  {
    name: 'agents-ask-before-publishing',
    target: 'assets.publish',
    outcome: 'ask',
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
    note: 'What an agent wants to publish waits for the yes of a person.',
  },
  {
    name: 'refunds-by-finance',
    target: 'marketplace.refund-order',
    outcome: 'ask',
    policy: 'forbid (principal, action, resource) unless { principal.roles.contains("admin@finance") };',
    note: 'A refund by anybody else waits for a yes.',
  },
  {
    name: 'no-agents-on-people',
    target: 'identity.person.read',
    outcome: 'refuse',
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
    note: 'Agents do not see the list of people.',
  },
] as const;
