// What storing bytes may answer, the same for every driver.
import { defineErrors } from '../errors.ts';

export const objectErrors = defineErrors('objects', {
  bad_key: {
    kind: 'invalid',
    message: 'An object key is lower-case letters, digits, dots, dashes and underscores between single slashes.',
  },
  bad_content_type: { kind: 'invalid', message: 'A content type looks like image/png.' },
  bad_range: { kind: 'invalid', message: 'The range lies outside the object.' },
  unreadable: { kind: 'invalid', message: 'The file to store cannot be read.' },
  missing: { kind: 'missing', message: 'There is no such object.' },
  damaged: { kind: 'internal', message: 'The stored object cannot be read back: its file was changed by something else.' },
  unavailable: { kind: 'unavailable', message: 'The object store cannot be reached, or refuses us. Try again.' },
});
