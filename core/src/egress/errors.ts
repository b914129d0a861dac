import { defineErrors } from '../errors.ts';

export const egressErrors = defineErrors('egress', {
  refused: { kind: 'invalid', message: 'This address is not one that the server reads from.' },
  unreachable: { kind: 'unavailable', message: 'This address does not answer as it should.' },
  too_large: { kind: 'invalid', message: 'What stands at this address is larger than the server reads.' },
});
