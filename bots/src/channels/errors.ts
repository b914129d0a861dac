import { defineErrors } from '@troupe-os/core';

export const channelErrors = defineErrors('channels', {
  unreachable: { kind: 'unavailable', message: 'The chat could not be reached.' },
  no_private_chat: { kind: 'conflict', message: 'Nobody can be written to who has not written first.' },
  file_too_large: { kind: 'invalid', message: 'This file is larger than the chat hands on. Upload it on the web.' },
  too_many_waiting: { kind: 'limited', message: 'Too many of your messages wait for an answer. Wait a while.' },
});
