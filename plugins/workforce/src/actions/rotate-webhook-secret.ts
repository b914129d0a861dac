import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { nextSecret } from '../schedules.ts';
import { secretOf } from '../webhooks.ts';

export const rotateWebhookSecret = defineAction({
  name: 'workforce.rotate-webhook-secret',
  title: 'Make a new secret for a webhook',
  description: 'Makes another secret for a webhook that you answer for, and shows it once. The one before it works no more.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.schedule.manage',
  input: z.strictObject({ scheduleId: z.uuid() }),
  output: z.strictObject({ secret: secret() }),
  handler: async (ctx, { scheduleId }) => ({ secret: secretOf(ctx, await nextSecret(ctx, scheduleId)) }),
});
