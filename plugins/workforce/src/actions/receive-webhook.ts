import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { receive } from '../webhooks.ts';

export const receiveWebhook = defineAction({
  name: 'workforce.receive-webhook',
  title: 'Call a webhook',
  description: 'Sets a standing task off from outside: for programs that have the secret of its webhook, at /hooks/ and its id.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.webhook.call',
  untrustedInput: true,
  personal: ['body'],
  input: z.strictObject({
    scheduleId: z.uuid(),
    webhookId: z.string().min(1).max(200).describe('Of the message: the same one makes one task.'),
    timestamp: z
      .string()
      .regex(/^\d{1,12}$/)
      .describe('When it was signed, in seconds since 1970.'),
    signature: secret(z.string().min(1).max(2000)).describe('As Standard Webhooks says: "v1," and an HMAC-SHA-256 in base64.'),
    body: z.string().max(32_768),
  }),
  output: z.strictObject({ taskId: z.uuid() }),
  handler: async (ctx, received) => ({ taskId: await receive(ctx, received) }),
});
