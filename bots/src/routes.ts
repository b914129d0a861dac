// Chat over HTTP. An answer is a stream of events; it goes on when the listener leaves, and is there at the next look.
import { Readable } from 'node:stream';
import type { Runner } from '@troupe-os/agents';
import { coreErrors } from '@troupe-os/core';
import {
  type App,
  type AppVariables,
  describeForLog,
  formatTraceParent,
  type HttpEnv,
  invalidInput,
  type Kernel,
  newSpanId,
  newTraceId,
  parseTraceParent,
  readJson,
  type SurfaceHost,
} from '@troupe-os/core/surface';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Answers } from './answers.ts';
import type { OpenChannel } from './channels/open.ts';
import { complete } from './complete.ts';
import { handleMessage } from './conversation.ts';
import { receiveFile, withFiles } from './files.ts';
import { type Agent, type Asking, act, type Message, readConversation } from './records.ts';
import { fileOf, linkedIn } from './sent-files.ts';

type ChatContext = Context<{ Bindings: HttpEnv; Variables: AppVariables }>;

interface ChatParts {
  readonly env: NodeJS.ProcessEnv;
  readonly answers: Answers;
  readonly runner: Runner;
  /** The installation's model, `provider/model`; undefined: none. */
  readonly model: string | undefined;
  readonly channels: readonly OpenChannel[];
}

/** Mounts the addresses of chat. */
export function mountChat(app: App, { kernel }: SurfaceHost, { env, answers, runner, model, channels }: ChatParts): void {
  const askingOf = (c: ChatContext): Asking => ({
    kernel,
    caller: c.var.caller,
    requestId: c.var.requestId,
    // one trace from the message to all that is done for it
    trace: parseTraceParent(c.var.trace)
      ? (c.var.trace as string)
      : formatTraceParent({ traceId: newTraceId(), spanId: newSpanId(), sampled: true }),
  });

  app.get('/chat/state', async (c) => {
    const { items } = await act<{ items: Agent[] }>(askingOf(c), 'workforce.list-agents', { state: 'active', limit: 100 });
    return c.json({
      model: model ?? null,
      agents: items.map(({ agentId, name, role }) => ({ agentId, name, role })),
    });
  });

  /** The channels where an account can be linked, and how to get there with a code in hand. */
  app.get('/chat/channels', (c) =>
    c.json({ items: channels.map(({ driver }) => ({ channel: driver.name, url: driver.linkUrl('{code}') ?? null })) }),
  );

  app.get('/chat/complete', async (c) => c.json(await complete(kernel, c.var.caller, c.req.query('text') ?? '')));

  app.post('/chat/conversations', async (c) => {
    const { title, agentId } = (await readObject(c)) as { title?: unknown; agentId?: unknown };
    const surface = c.req.header('authorization') === undefined ? 'web' : 'terminal';
    return c.json((await act(askingOf(c), 'workforce.start-conversation', { title, agentId, surface })) as object, 201);
  });

  app.get('/chat/conversations', async (c) => {
    const { limit, cursor } = c.req.query();
    return c.json(
      (await act(askingOf(c), 'workforce.list-conversations', { withTasks: false, limit: whole(limit), cursor })) as object,
    );
  });

  app.get('/chat/conversations/:id', async (c) => {
    const [before, limit] = [whole(c.req.query('before')), whole(c.req.query('limit'))];
    const page = await readConversation(askingOf(c), {
      conversationId: c.req.param('id'),
      ...(before === undefined ? {} : { before }),
      ...(limit === undefined ? {} : { limit }),
    });
    return c.json({ ...page, messages: page.messages.map((message) => shown(kernel, message)) } as object);
  });

  app.post('/chat/conversations/:id/title', async (c) => {
    const { title } = (await readObject(c)) as { title?: unknown };
    const renamed = await act(askingOf(c), 'workforce.rename-conversation', { conversationId: c.req.param('id'), title });
    return c.json(renamed as object);
  });

  app.post('/chat/conversations/:id/stop', async (c) => {
    const conversationId = c.req.param('id');
    await readConversation(askingOf(c), { conversationId, limit: 1 });
    return c.json({ stopped: answers.stop(conversationId) });
  });

  /** A file for a message that is about to be sent; `text` is what it is sent with, as far as that is known. */
  app.post('/chat/files', async (c) => {
    const { body } = c.req.raw;
    if (!body) throw coreErrors.invalid_input({ missing: 'body' });
    const open = async () => Readable.fromWeb(body as never); // the same web stream, typed twice
    const file = { name: c.req.query('name') ?? 'file', open };
    return c.json(await receiveFile(file, c.req.query('text') ?? '', askingOf(c)), 201);
  });

  app.post('/chat/conversations/:id/messages', async (c) => {
    const conversationId = c.req.param('id');
    const { text, files, replaces } = readMessage(await readObject(c));
    const key = c.req.header('idempotency-key');
    const asking = askingOf(c);
    const { answer } = await handleMessage({
      ...asking,
      conversationId,
      text: await withFiles(text, files, asking),
      ...(replaces ? { replaces } : {}),
      model,
      env,
      runner,
      ...(key ? { idempotencyKey: key } : {}),
    });
    const live = answers.begin(conversationId);
    void answer(live.emit, live.signal)
      .catch((error: unknown) => kernel.log.error('an answer ended badly', { conversationId, error: describeForLog(error) }))
      .finally(live.end);
    return live.listen();
  });

  /** The answer that is being written, from its beginning: for whoever comes back. */
  app.get('/chat/conversations/:id/answer', async (c) => {
    const conversationId = c.req.param('id');
    await readConversation(askingOf(c), { conversationId, limit: 1 });
    return answers.find(conversationId)?.listen() ?? c.body(null, 204);
  });
}

/** Tools' inputs as what they are, and the file that one has answered with. */
function shown(kernel: Kernel, { tool, ...message }: Message) {
  if (!tool) return message;
  const { input: text, ...use } = tool;
  if (text === undefined) return { ...message, tool: use };
  const input = parsed(text);
  // what a command has answered with stands in its text
  if (message.author === 'system') {
    const { text: said, file } = linkedIn(message.text);
    return { ...message, text: said, tool: { ...use, input, ...(file ? { file } : {}) } };
  }
  const answered = message.author === 'tool' ? parsed(message.text) : {};
  const file = use.outcome === 'succeeded' ? fileOf(kernel, use.action, input, answered) : undefined;
  return { ...message, tool: { ...use, input, ...(file ? { file } : {}) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // too long to have been kept whole
  }
}

const messageBody = z.strictObject({
  text: z.string('Say it as text.'),
  /** As their uploads were answered. */
  files: z
    .array(z.strictObject({ name: z.string().max(255), id: z.string().regex(/^upload:[0-9a-f-]{36}$/) }))
    .max(20)
    .default([]),
  replaces: z.uuid().optional(),
});

/** Errors: core.invalid_input. */
function readMessage(body: object): z.output<typeof messageBody> {
  const { data, error } = messageBody.safeParse(body);
  if (error) throw invalidInput(error);
  return data;
}

const whole = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** Errors: core.body_too_large, core.invalid_json, core.invalid_input. */
async function readObject(c: ChatContext): Promise<object> {
  const value = await readJson(c.req.raw);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw coreErrors.invalid_input({ issues: [{ path: '', message: 'The body is an object.' }] });
}
