// Every action as POST /api/<plugin>/<verb-noun>, and under the friendlier address that it may declare.
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { z } from 'zod';
import { coreErrors } from '../errors.ts';
import type { Answer } from '../kernel/call.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { RegisteredAction } from '../kernel/registry.ts';
import { isDownload } from '../wire.ts';
import type { App, AppVariables, HttpEnv } from './app.ts';
import { readJson } from './read-json.ts';
import { streamObject } from './stream-object.ts';

type RestContext = Context<{ Bindings: HttpEnv; Variables: AppVariables }>;

const MOST_FILE_BYTES = 536_870_912;

export function mountRest(app: App, kernel: Kernel): void {
  app.post('/api/:plugin/:verb', async (c) => {
    const frame = frameOf(c, `${c.req.param('plugin')}.${c.req.param('verb')}`);
    const registered = await kernel.assertOpen(frame);
    const input = await readJson(c.req.raw);
    if (registered.action.consequential && !frame.idempotencyKey && !frame.dryRun) throw coreErrors.key_needed();
    return answer(c, kernel, registered, await kernel.execute({ ...frame, input }));
  });

  // bytes first, once the gate of the action that they are for has passed; the answer's id is that action's input
  app.post('/api/:plugin/:verb/files', async (c) => {
    const frame = frameOf(c, `${c.req.param('plugin')}.${c.req.param('verb')}`);
    await kernel.assertOpen(frame);
    const body = c.req.raw.body;
    if (!body) throw coreErrors.invalid_input({ missing: 'body' });
    const bytes = Readable.fromWeb(body as never); // the same web stream, typed twice
    const id = await kernel.receiveFile(frame, c.req.query('name') ?? 'file', bytes, MOST_FILE_BYTES);
    return c.json({ file: id }, 201);
  });

  for (const registered of friendly(kernel)) {
    const path = registered.action.http?.slice('GET '.length).replaceAll(/\{(\w+)\}/g, ':$1') ?? '';
    app.get(`/api${path}`, async (c) => {
      const input = { ...typedQuery(registered, c.req.query()), ...typedQuery(registered, c.req.param()) };
      return answer(c, kernel, registered, await kernel.execute({ ...frameOf(c, registered.action.name), input }));
    });
  }
}

function frameOf(c: RestContext, action: string) {
  const idempotencyKey = c.req.header('idempotency-key');
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey))
    throw coreErrors.invalid_input({ header: 'Idempotency-Key' });
  return {
    action,
    caller: c.var.caller,
    surface: c.env?.originChecked ? 'web' : 'rest',
    requestId: c.var.requestId,
    ...(c.var.trace ? { trace: c.var.trace } : {}),
    ...(idempotencyKey ? { idempotencyKey } : {}),
    ...(c.req.query('dryRun') === 'true' ? { dryRun: true } : {}),
  };
}

async function answer(c: RestContext, kernel: Kernel, { action }: RegisteredAction, done: Answer): Promise<Response> {
  c.header('x-call-id', done.callId);
  if (done.replayed) c.header('idempotent-replayed', 'true');
  const { callId, output, changes, needs } = done;
  if (changes) return c.json({ callId, output, changes, ...(needs ? { needs } : {}) } as never);
  if (isDownload(action.output)) return streamObject(c, kernel.objects, done.output as never);
  return c.json((done.output ?? null) as never);
}

function friendly(kernel: Kernel): RegisteredAction[] {
  const all = [...kernel.plugins.values()].flatMap((plugin) =>
    plugin.actions.map((action) => ({ action, plugin, listedBy: {}, secretInput: false, secretOutput: false })),
  );
  return all.filter(({ action }) => action.effect === 'read' && action.http !== undefined);
}

/** Text of an address, typed by the schema: numbers and booleans where it asks for them, never guessed. */
function typedQuery({ action }: RegisteredAction, values: Record<string, string>): Record<string, unknown> {
  const shape = action.input instanceof z.ZodObject ? action.input.shape : {};
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const typed = /^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/.test(text) ? JSON.parse(text) : text;
      return [name, field && !field.safeDecode(text as never).success ? typed : text];
    }),
  );
}
