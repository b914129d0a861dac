import { defineErrors } from '@troupe-os/core';

export const chartsErrors = defineErrors('charts', {
  unknown_chart: { kind: 'missing', message: 'There is no such chart of yours.' },
  uneven_series: { kind: 'invalid', message: 'Each series has one value for each category.' },
  too_many_values: {
    kind: 'invalid',
    message: 'That is more than one picture shows: 60 bars, or 60 categories of a line or of stacked bars, at most.',
  },
  negative_part: {
    kind: 'invalid',
    message: 'Parts that are stacked are not below zero. Draw bars beside each other, or lines.',
  },
  same_name: { kind: 'invalid', message: 'Each series has a name of its own.' },
});
