import { defineErrors } from '@troupe-os/core';

export const appErrors = defineErrors('identity', {
  unknown_app: { kind: 'missing', message: 'No such app acts for you, or no longer.' },
  sign_in_for_apps: { kind: 'invalid', message: 'Only who is signed in on the web lets an app act for them.' },
  not_for_apps: {
    kind: 'scope',
    message: 'No app is given this: who may act and what is approved is decided by people themselves.',
  },
});
