import { defineErrors } from '@troupe-os/core';

export const governanceErrors = defineErrors('governance', {
  unknown_call: { kind: 'missing', message: 'There is no record of such a call.' },
});
