import { defineErrors } from '@troupe-os/core';

export const governanceErrors = defineErrors('governance', {
  unknown_call: { kind: 'missing', message: 'There is no record of such a call.' },
  unknown_approval: { kind: 'missing', message: 'There is no such approval, or you may not see it.' },
  not_open: {
    kind: 'conflict',
    message: 'This approval is not open any more.',
    constraints: ['approval_open', 'approval_done', 'approval_replaced', 'approval_votes'],
  },
  four_eyes: { kind: 'scope', message: 'Another person must decide this: you asked for it.', constraints: ['four_eyes'] },
  not_yours: { kind: 'scope', message: 'The person for whom the agent acts decides this.', constraints: ['own_agent'] },
  not_requester: { kind: 'scope', message: 'Whoever asked for it, or for whom it was asked, takes it back. You can reject it.' },
  voted: { kind: 'conflict', message: 'You have decided this already.', constraints: ['vote_once'] },
  people_only: { kind: 'scope', message: 'Only a person who has signed in decides approvals.' },
  sign_in_again: { kind: 'scope', message: 'For this, sign in on the web once more, and decide within ten minutes.' },
  beyond_your_rights: { kind: 'scope', message: 'You may not do this yourself, so you cannot approve it.' },
  refused_before: { kind: 'scope', message: 'The same was refused within the last hour.' },
  limit_reached: { kind: 'limited', message: 'This would go over a limit.', constraints: ['limit_reached'] },
  unknown_limit: { kind: 'missing', message: 'There is no such limit.' },
  unknown_tier: { kind: 'missing', message: 'There is no such rule.' },
  switched_off_already: { kind: 'conflict', message: 'This is switched off already.', constraints: ['switched_off'] },
  not_switched_off: { kind: 'missing', message: 'This is not switched off.' },
  cannot_switch_off: { kind: 'invalid', message: 'This cannot be switched off: it is what switches are set with.' },
});
