import { defineErrors } from '@troupe-os/core';

export const sampleErrors = defineErrors('sample', {
  title_taken: {
    kind: 'conflict',
    message: 'An item with this title is there already.',
    constraints: ['sample_title_taken'],
  },
});
