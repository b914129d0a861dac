import { defineErrors } from '@troupe-os/core';

export const ledgerErrors = defineErrors('ledger', {
  unbalanced: {
    kind: 'invalid',
    message: 'The postings of an entry are at least two and add up to zero in each unit.',
    constraints: ['entry_balanced', 'entry_size'],
  },
  bad_amount: {
    kind: 'invalid',
    message: 'The amount of a posting is not zero and has at most 60 digits.',
    constraints: ['posting_amount'],
  },
  unknown_account: { kind: 'missing', message: 'There is no such account in this unit.' },
  unit_needed: { kind: 'invalid', message: 'This path has accounts in several units. Name the unit.' },
  unknown_entry: { kind: 'missing', message: 'There is no such entry.' },
  unknown_unit: { kind: 'missing', message: 'There is no such unit. Create it first.', constraints: ['account_unit'] },
  account_taken: {
    kind: 'conflict',
    message: 'An account with this path and unit is there already.',
    constraints: ['account_taken'],
  },
  account_differs: { kind: 'conflict', message: 'The account of this path and unit has another type or brand.' },
  account_closed: { kind: 'conflict', message: 'A closed account takes no postings.', constraints: ['account_open'] },
  below_minimum: {
    kind: 'conflict',
    message: 'The balance of an account would fall below its minimum.',
    constraints: ['balance_lowest', 'balance_highest'],
  },
  unit_taken: { kind: 'conflict', message: 'A unit with this code is there already.', constraints: ['unit_taken'] },
  key_reused: { kind: 'conflict', message: 'An entry with this key and other content is there already.' },
  already_reversed: {
    kind: 'conflict',
    message: 'This entry was reversed already.',
    constraints: ['entry_reversed_once'],
  },
  bad_period: { kind: 'invalid', message: 'A period ends after it begins.' },
  brand_not_allowed: { kind: 'scope', message: 'Your rights in the books do not reach this brand or the company as a whole.' },
});
