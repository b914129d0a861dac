import { defineErrors } from '@troupe-os/core/contract';

export const webErrors = defineErrors('web', {
  build_failed: {
    kind: 'internal',
    message: 'The web could not be built. What the build said stands above; npm install may mend it.',
  },
});
