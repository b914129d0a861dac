import { defineErrors } from '@troupe-os/core';

export const performanceErrors = defineErrors('performance', {
  unknown_brand: { kind: 'invalid', message: 'There is no such brand.' },
});
