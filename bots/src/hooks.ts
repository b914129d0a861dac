// Calls from outside that set standing tasks off: headers and body go to the action that knows the secret, and nothing else is looked at.
import { type App, guest, type Kernel, readText } from '@troupe-os/core/surface';

const MOST_BYTES = 32_768;

/** Mounts /hooks/ID, which takes what Standard Webhooks describes. */
export function mountHooks(app: App, kernel: Kernel): void {
  app.post('/hooks/:id', async (c) => {
    const body = await readText(c.req.raw, MOST_BYTES);
    const { address } = c.var.caller;
    const { output } = await kernel.execute({
      action: 'workforce.receive-webhook',
      input: {
        scheduleId: c.req.param('id'),
        webhookId: c.req.header('webhook-id') ?? '',
        timestamp: c.req.header('webhook-timestamp') ?? '',
        signature: c.req.header('webhook-signature') ?? '',
        body,
      },
      // whoever calls is known by the signature alone
      caller: { principal: guest, tainted: true, ...(address ? { address } : {}) },
      surface: 'webhook',
      requestId: c.var.requestId,
      ...(c.var.trace ? { trace: c.var.trace } : {}),
    });
    return c.json(output as object, 202);
  });
}
