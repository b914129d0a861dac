import { defineErrors } from '@troupe-os/core';

export const chatErrors = defineErrors('chat', {
  empty: { kind: 'invalid', message: 'Say something first.' },
  unclosed: { kind: 'invalid', message: 'A quotation mark or bracket is not closed.' },
  unknown_agent: { kind: 'missing', message: 'There is no active agent of this name.' },
  files_not_taken: { kind: 'scope', message: 'You may do nothing with files here.' },
  handled_already: { kind: 'conflict', message: 'This message was handled already.' },
});
