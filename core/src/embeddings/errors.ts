import { defineErrors } from '../errors.ts';

export const embeddingErrors = defineErrors('embeddings', {
  unavailable: { kind: 'unavailable', message: 'Texts cannot be turned into vectors at the moment. Try again.' },
  bad_settings: {
    kind: 'invalid',
    message:
      'The embedding settings cannot work: an http(s) address without a name in it, a model, 1 to 16000 dimensions and a plain key are needed.',
  },
});
