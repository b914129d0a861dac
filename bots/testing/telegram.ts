// Telegram's side of the wire, for tests: the methods that our bot uses, with the limits and errors that https://core.telegram.org/bots/api documents.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody, type SentFile } from './body.ts';

export const TOKEN = '1234567:a-token-of-the-double';
const ME = { id: 1234567, is_bot: true, first_name: 'Troupe', username: 'TroupeTestBot' };
const MOST_TEXT = 4096;
const MOST_DATA_BYTES = 64;
const MOST_WAIT_MS = 20_000;

type Fields = Record<string, unknown>;
type Button = { text: string; callback_data?: string; url?: string };

export interface Shown {
  readonly chatId: number;
  readonly threadId: number | undefined;
  readonly messageId: number;
  /** As it stands now, tags and all. */
  text: string;
  buttons: Button[];
  edits: number;
  /** Sent with it: its kind on Telegram, and the bytes. */
  readonly file?: SentFile & { readonly kind: string };
}

export interface TelegramUser {
  readonly id: number;
  /** In the private chat, or in a group. Answers the update's number. */
  says(text: string, where?: Where): number;
  sends(file: { kind: 'photo' | 'audio' | 'document'; name: string; bytes: Buffer; caption?: string }, where?: Where): number;
  presses(message: Shown, button: string): number;
}

interface Where {
  readonly chatId?: number;
  readonly threadId?: number;
  readonly replyTo?: Shown;
  /** It was written by somebody else. */
  readonly isForwarded?: boolean;
}

export interface TelegramDouble {
  readonly apiRoot: string;
  user(name: string): TelegramUser;
  /** What the bot has shown at a place, the oldest first. */
  shown(chatId: number): Shown[];
  /** Resolves with the first message of the bot there that fits; after 20 seconds without one it says what was there. */
  until(chatId: number, fits: (message: Shown) => boolean): Promise<Shown>;
  /** What was answered to presses of buttons. */
  readonly answers: { id: string; text: string; isAlert: boolean }[];
  /** Every call as it came, by its method. */
  readonly calls: { method: string; fields: Fields; at: number }[];
  /** The next so many calls of a method are refused so. */
  refuse(method: string, times: number, error: { code: number; description: string; retryAfter?: number }): void;
  /** From now on nobody writes to this user. */
  block(userId: number): void;
  /** The same once more, as when Telegram did not hear that we had it. */
  redeliver(update: number): void;
  /** Updates that the bot has not confirmed. */
  unconfirmed(): number;
  close(): Promise<void>;
}

class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;
  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export async function startTelegram(): Promise<TelegramDouble> {
  const messages: Shown[] = [];
  const calls: TelegramDouble['calls'] = [];
  const answers: TelegramDouble['answers'] = [];
  const files = new Map<string, { path: string; bytes: Buffer }>();
  const pressed = new Set<string>();
  const started = new Set<number>();
  const blocked = new Set<number>();
  const refusals: { method: string; error: Refusal }[] = [];
  const users = new Map<string, TelegramUser>();
  let updates: { update_id: number; [kind: string]: unknown }[] = [];
  let [nextUpdate, nextMessage, nextUser] = [1000, 1, 501];
  let waiting: (() => void) | undefined;
  let webhook: { url: string; secret: string } | undefined;
  const watchers = new Set<() => void>();
  const sent = new Map<number, object>();

  function show(fields: Fields, what: Pick<Shown, 'text' | 'file'>): object {
    const chatId = Number(fields.chat_id);
    if (chatId > 0 && !started.has(chatId)) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    assertNotBlocked(chatId);
    const message: Shown = {
      ...{ chatId, messageId: nextMessage++, ...what, edits: 0 },
      threadId: fields.message_thread_id === undefined ? undefined : Number(fields.message_thread_id),
      buttons: buttonsOf(fields),
    };
    messages.push(message);
    changed();
    return messageOf(message);
  }

  function changed(): void {
    for (const watcher of watchers) watcher();
  }

  function push(kind: string, value: unknown): number {
    const update_id = nextUpdate++;
    const update = { update_id, [kind]: value };
    sent.set(update_id, update);
    if (webhook) void call(webhook, update);
    else updates.push(update);
    waiting?.();
    return update_id;
  }

  /** As Telegram does: until it is taken. */
  async function call({ url, secret }: { url: string; secret: string }, update: object): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(update) });
      if (response.ok) return;
    }
  }

  function assertNotBlocked(chatId: number): void {
    if (blocked.has(chatId)) throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  }

  const methods: Record<string, (fields: Fields, about: { request: IncomingMessage; files: SentFile[] }) => unknown> = {
    getMe: () => ME,
    setMyCommands: () => true,
    deleteWebhook: () => {
      webhook = undefined;
      return true;
    },
    setWebhook({ url, secret_token }) {
      webhook = { url: String(url), secret: String(secret_token) };
      return true;
    },
    async getUpdates({ offset = 0, timeout = 0 }, { request }) {
      if (webhook) throw new Refusal(409, "Conflict: can't use getUpdates method while webhook is active");
      if (waiting) throw new Refusal(409, 'Conflict: terminated by other getUpdates request');
      updates = updates.filter(({ update_id }) => update_id >= Number(offset));
      if (updates.length === 0) {
        await new Promise<void>((resolve) => {
          const clock = setTimeout(resolve, Number(timeout) * 1000);
          waiting = () => {
            clearTimeout(clock);
            resolve();
          };
          request.once('close', () => waiting?.());
        });
        waiting = undefined;
      }
      return updates.slice(0, 100);
    },
    sendMessage: (fields) => show(fields, { text: textOf(fields) }),
    sendPhoto: (fields, { files: sent }) => show(fields, fileOf('photo', sent)),
    sendAudio: (fields, { files: sent }) => show(fields, fileOf('audio', sent)),
    sendDocument: (fields, { files: sent }) => show(fields, fileOf('document', sent)),
    editMessageText(fields) {
      const text = textOf(fields);
      assertNotBlocked(Number(fields.chat_id));
      const found = messages.find(
        ({ chatId, messageId }) => chatId === Number(fields.chat_id) && messageId === fields.message_id,
      );
      if (!found) throw new Refusal(400, 'Bad Request: message to edit not found');
      const buttons = buttonsOf(fields);
      if (found.text === text && JSON.stringify(found.buttons) === JSON.stringify(buttons))
        throw new Refusal(400, 'Bad Request: message is not modified');
      Object.assign(found, { text, buttons, edits: found.edits + 1 });
      changed();
      return messageOf(found);
    },
    answerCallbackQuery({ callback_query_id, text = '', show_alert = false }) {
      const id = String(callback_query_id);
      if (!pressed.delete(id))
        throw new Refusal(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
      answers.push({ id, text: String(text), isAlert: show_alert === true });
      changed();
      return true;
    },
    sendChatAction: () => true,
    getFile({ file_id }) {
      const file = files.get(String(file_id));
      if (!file) throw new Refusal(400, 'Bad Request: invalid file_id');
      return { file_id, file_path: file.path };
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith(`/file/bot${TOKEN}/`)) {
      const file = [...files.values()].find((one) => path.endsWith(`/${one.path}`));
      response.writeHead(file ? 200 : 404).end(file?.bytes);
      return;
    }
    const method = path.startsWith(`/bot${TOKEN}/`) ? path.slice(`/bot${TOKEN}/`.length) : undefined;
    const say = (status: number, body: Fields) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      if (method === undefined) throw new Refusal(401, 'Unauthorized');
      const { fields, files: sentFiles } = await readBody(request);
      calls.push({ method, fields, at: performance.now() });
      const at = refusals.findIndex((one) => one.method === method);
      if (at >= 0) throw refusals.splice(at, 1)[0]?.error;
      const run = methods[method];
      if (!run) throw new Refusal(404, 'Not Found');
      say(200, { ok: true, result: await run(fields, { request, files: sentFiles }) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const parameters = error.retryAfter === undefined ? {} : { parameters: { retry_after: error.retryAfter } };
      say(error.code, { ok: false, error_code: error.code, description: error.message, ...parameters });
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function userOf(name: string): TelegramUser {
    const id = nextUser++;
    const from = { id, is_bot: false, first_name: name, username: name.toLowerCase() };
    const about = ({ chatId = id, threadId, replyTo, isForwarded }: Where) => {
      if (chatId === id) started.add(id);
      return {
        ...{ message_id: nextMessage++, date: Math.floor(Date.now() / 1000), from },
        chat: chatId === id ? { id, type: 'private' } : { id: chatId, type: 'supergroup', title: 'A group' },
        ...(threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true }),
        ...(isForwarded ? { forward_origin: { type: 'hidden_user', date: 0, sender_user_name: 'Somebody' } } : {}),
        ...(replyTo ? { reply_to_message: { message_id: replyTo.messageId, from: ME } } : {}),
      };
    };
    return {
      id,
      says: (text, where = {}) => push('message', { ...about(where), text }),
      sends({ kind, name: file, bytes, caption }, where = {}) {
        const file_id = crypto.randomUUID();
        files.set(file_id, { path: `${kind}s/${files.size}-${encodeURIComponent(file)}`, bytes });
        const one = { file_id, file_unique_id: file_id.slice(0, 8), file_size: bytes.length };
        const media = kind === 'photo' ? { photo: [{ ...one, width: 1, height: 1 }] } : { [kind]: { ...one, file_name: file } };
        return push('message', { ...about(where), ...media, ...(caption === undefined ? {} : { caption }) });
      },
      presses(message, label) {
        const button = message.buttons.find(({ text }) => text.startsWith(label));
        if (!button) throw new Error(`no button "${label}" under: ${message.text}`);
        const query = crypto.randomUUID();
        pressed.add(query);
        const data = button.callback_data;
        return push('callback_query', { id: query, from, message: messageOf(message), chat_instance: '1', data });
      },
    };
  }

  return {
    apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    user(name) {
      const known = users.get(name) ?? userOf(name);
      users.set(name, known);
      return known;
    },
    shown: (chatId) => messages.filter((message) => message.chatId === chatId),
    until: (chatId, fits) =>
      new Promise((resolve, reject) => {
        const clock = setTimeout(() => {
          watchers.delete(look);
          const there = messages.filter((message) => message.chatId === chatId).map(({ text }) => text);
          reject(new Error(`nothing that fits was shown to ${chatId}, but: ${JSON.stringify(there)}`));
        }, MOST_WAIT_MS);
        const look = () => {
          const found = messages.find((message) => message.chatId === chatId && fits(message));
          if (!found) return;
          clearTimeout(clock);
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    answers,
    calls,
    refuse(method, times, { code, description, retryAfter }) {
      for (let at = 0; at < times; at += 1) refusals.push({ method, error: new Refusal(code, description, retryAfter) });
    },
    block: (userId) => void blocked.add(userId),
    redeliver(update) {
      for (const [kind, value] of Object.entries(sent.get(update) ?? {})) if (kind !== 'update_id') push(kind, value);
    },
    unconfirmed: () => updates.length,
    async close() {
      waiting?.();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function messageOf({ chatId, messageId, text, threadId }: Shown): Fields {
  const chat = { id: chatId, type: chatId > 0 ? 'private' : 'supergroup' };
  const thread = threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true };
  return { message_id: messageId, date: 0, chat, from: ME, text, ...thread };
}

function textOf({ text, parse_mode }: Fields): string {
  const said = String(text ?? '');
  if (parse_mode === 'HTML') assertHtml(said);
  const length =
    parse_mode === 'HTML' ? said.replaceAll(/<[^>]*>/g, '').replaceAll(/&(?:amp|lt|gt|quot);/g, '.').length : said.length;
  if (said.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty');
  if (length > MOST_TEXT) throw new Refusal(400, 'Bad Request: message is too long');
  return said;
}

const TAGS = ['b', 'i', 's', 'u', 'code', 'pre', 'a', 'blockquote'];

/** Known tags that close in turn; anything else between < and > must be written out. */
function assertHtml(text: string): void {
  const open: string[] = [];
  for (const [tag, slash, name = ''] of text.matchAll(/<(\/?)([a-z]*)[^>]*>?/g)) {
    if (!TAGS.includes(name))
      throw new Refusal(400, `Bad Request: can't parse entities: Unsupported start tag "${tag.slice(1)}"`);
    if (!slash) open.push(name);
    else if (open.pop() !== name) throw new Refusal(400, "Bad Request: can't parse entities: Unmatched end tag");
  }
  if (open.length > 0) throw new Refusal(400, "Bad Request: can't parse entities: Can't find end tag");
}

/** https://core.telegram.org/bots/api#sending-files: a bot sends photos of up to 10 MB and other files of up to 50. */
function fileOf(kind: string, [file]: readonly SentFile[]): Pick<Shown, 'text' | 'file'> {
  if (!file) throw new Refusal(400, `Bad Request: there is no ${kind} in the request`);
  if (file.bytes.length > (kind === 'photo' ? 10 : 50) * 1024 * 1024) throw new Refusal(413, 'Request Entity Too Large');
  return { text: '', file: { kind, ...file } };
}

function buttonsOf({ reply_markup }: Fields): Button[] {
  const rows = (reply_markup as { inline_keyboard?: Button[][] } | undefined)?.inline_keyboard ?? [];
  for (const { callback_data, url } of rows.flat()) {
    if (callback_data !== undefined && Buffer.byteLength(callback_data) > MOST_DATA_BYTES)
      throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID');
    if (url !== undefined && !/^https:\/\/[^/]+\./.test(url))
      throw new Refusal(400, 'Bad Request: inline keyboard button URL is invalid');
  }
  return rows.flat();
}
