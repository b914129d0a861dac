import { defineErrors } from '../errors.ts';

export const mailErrors = defineErrors('core', {
  mail_refused: { kind: 'invalid', message: 'The mail server does not take this letter.' },
  mail_unavailable: { kind: 'unavailable', message: 'The mail server cannot be reached at the moment.' },
});
