import { defineErrors } from '@troupe-os/core';

export const identityErrors = defineErrors('identity', {
  wrong_credentials: { kind: 'invalid', message: 'The e-mail address or the password is wrong.' },
  too_many_tries: {
    kind: 'limited',
    message: 'There were too many wrong tries. Wait a quarter of an hour, or ask for a sign-in link.',
  },
  link_expired: { kind: 'invalid', message: 'This sign-in link was used already or has expired. Ask for a new one.' },
  weak_password: { kind: 'invalid', message: 'This password is among the first that anybody would try. Choose another.' },
  password_needed: { kind: 'invalid', message: 'Give the present password too.' },
  password_changed: { kind: 'conflict', message: 'The password was changed a moment ago. Try again.' },
  no_session: { kind: 'invalid', message: 'This is no signed-in session that could be ended or extended.' },
  unknown_person: { kind: 'missing', message: 'There is no such person.' },
  unknown_session: { kind: 'missing', message: 'There is no such session.' },
  unknown_token: { kind: 'missing', message: 'There is no such token.' },
  unknown_grant: { kind: 'missing', message: 'This role is not held there.' },
  unknown_brand: { kind: 'invalid', message: 'There is no such brand.', constraints: ['grant_brand'] },
  two_places: {
    kind: 'invalid',
    message: 'A role is held on a brand or on a department, not on both.',
    constraints: ['grant_one_place'],
  },
  unknown_department: { kind: 'missing', message: 'There is no such department.' },
  department_archived: { kind: 'conflict', message: 'This department is archived. Restore it first.' },
  department_taken: {
    kind: 'conflict',
    message: 'There is a department of this id already.',
    constraints: ['departments_pkey'],
  },
  email_taken: { kind: 'conflict', message: 'Somebody has this e-mail address already.', constraints: ['email_taken'] },
  already_granted: { kind: 'conflict', message: 'This role is held there already.', constraints: ['granted_once'] },
  brand_taken: { kind: 'conflict', message: 'There is a brand of this id already.', constraints: ['brands_pkey'] },
  last_owner: { kind: 'conflict', message: 'The company keeps at least one active Owner.', constraints: ['last_owner'] },
  beyond_own_rights: { kind: 'scope', message: 'Nobody gives rights that they lack.' },
  agent_owner: { kind: 'invalid', message: 'An agent is never an Owner.' },
});
