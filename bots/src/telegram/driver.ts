// Telegram through grammY's client: https://core.telegram.org/bots/api
import { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { describeForLog, isSameText, readJson } from '@troupe-os/core/surface';
import type { Api } from 'grammy';
import type { CallbackQuery, MaybeInaccessibleMessage, Message, Update, UserFromGetMe } from 'grammy/types';
import type { Button, ChannelDriver, Hear, HeardFile, Outgoing } from '../channels/driver.ts';
import { channelErrors } from '../channels/errors.ts';
import { isPassing } from '../channels/passing.ts';
import { pieces } from '../channels/pieces.ts';
import type { OutgoingFile } from '../sent-files.ts';
import { toHtml } from './html.ts';

export interface TelegramSettings {
  /** As BotFather gives it. */
  readonly token: string;
  /** Default: Telegram's own. */
  readonly apiRoot?: string;
  /** Telegram calls us at this address and proves itself by the secret; without it we ask. */
  readonly webhook?: { readonly url: string; readonly secret: string };
}

interface Log {
  warn(message: string, about: Record<string, unknown>): void;
}

const WEBHOOK = '/telegram/updates';
const WAIT_SECONDS = 25;
const AGAIN_MS = 3_000;
/** An update that cannot be handled is left after so many tries: the others wait behind it. */
const MOST_TRIES = 5;
/** Telegram takes 4096 characters of a text; tags come on top of ours. */
const MOST_TEXT = 3_500;
/** What Telegram lets a bot fetch. */
const MOST_FILE_BYTES = 20 * 1024 * 1024;
const FETCH_MS = 60_000;
const HEARD = ['message', 'callback_query'] as const;

/** Loads grammY, which takes a moment: only where there is a token. */
export async function openTelegram(settings: TelegramSettings, log: Log): Promise<ChannelDriver> {
  const [{ Api, GrammyError, HttpError, InputFile }, { autoRetry }] = await Promise.all([
    import('grammy'),
    import('@grammyjs/auto-retry'),
  ]);
  const root = settings.apiRoot ?? 'https://api.telegram.org';
  const api: Api = new Api(settings.token, { apiRoot: root });
  api.config.use(autoRetry({ maxRetryAttempts: 4, maxDelaySeconds: 60, rethrowHttpErrors: true }));
  const stopping = new AbortController();
  let me: UserFromGetMe | undefined;
  let hear: Hear | undefined;
  let work: Promise<void> = Promise.resolve();
  /** What comes next: what was before it has been heard. */
  let offset = 0;

  const isAnswer = (error: unknown): error is InstanceType<typeof GrammyError> => error instanceof GrammyError;
  /** What Telegram says, in our words. */
  const told = (error: unknown): unknown => {
    if (isAnswer(error) && error.error_code === 403) return channelErrors.no_private_chat(undefined, error);
    if (isAnswer(error) && /chat not found/.test(error.description)) return channelErrors.no_private_chat(undefined, error);
    if (isAnswer(error) || error instanceof HttpError) return channelErrors.unreachable(undefined, error);
    return error;
  };

  async function ready(): Promise<void> {
    me ??= await api.getMe();
    if (settings.webhook)
      await api.setWebhook(settings.webhook.url, { secret_token: settings.webhook.secret, allowed_updates: [...HEARD] });
    else await api.deleteWebhook();
    await api.setMyCommands(COMMANDS);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await ready();
        if (settings.webhook) return;
        await poll();
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn('Telegram cannot be reached, and is asked again', { error: describeForLog(error) });
        await after(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Telegram keeps what was not confirmed, over restarts of ours: the next question confirms what was heard. */
  async function poll(): Promise<void> {
    let tries = 0;
    while (!stopping.signal.aborted) {
      const options = { offset, timeout: WAIT_SECONDS, allowed_updates: [...HEARD] };
      const updates = await api.getUpdates(options, stopping.signal as never); // grammY types the signal of a library that it no longer needs
      for (const update of updates) {
        if (stopping.signal.aborted) return;
        try {
          await take(update);
        } catch (error) {
          if (!isPassing(error)) tries += 1;
          log.warn('an update of Telegram could not be handled', {
            update: update.update_id,
            tries,
            error: describeForLog(error),
          });
          if (tries < MOST_TRIES) {
            await after(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
            break;
          }
        }
        tries = 0;
        offset = update.update_id + 1;
      }
    }
  }

  async function take(update: Update): Promise<void> {
    if (update.message) await takeMessage(update.message);
    if (update.callback_query) await takePress(update.callback_query);
  }

  async function takeMessage(message: Message): Promise<void> {
    if (!message.from || message.from.is_bot || !me) return;
    const text = message.text ?? message.caption ?? '';
    const isPrivate = message.chat.type === 'private';
    if (!isPrivate && !isForUs(message, text, me)) return;
    await hear?.message({
      ...placeOf(message),
      id: String(message.message_id),
      account: accountOf(message.from),
      isPrivate,
      privatePlace: String(message.from.id),
      text: withoutUs(text, me).trim(),
      isForwarded: message.forward_origin !== undefined || message.via_bot !== undefined,
      files: filesOf(message),
    });
  }

  async function takePress({ id, from, message, data }: CallbackQuery): Promise<void> {
    if (!message || data === undefined) return;
    await hear?.press({
      ...placeOf(message),
      id,
      account: accountOf(from),
      isPrivate: message.chat.type === 'private',
      privatePlace: String(from.id),
      value: data,
      async answer(text, isAlert) {
        await api.answerCallbackQuery(id, { text: text.slice(0, 200), show_alert: isAlert }).catch((error) => {
          throw told(error);
        });
      },
    });
  }

  function filesOf(message: Message): HeardFile[] {
    const photo = message.photo?.at(-1);
    const { audio, document, video, voice } = message;
    const found = [
      photo && { id: photo.file_id, name: `photo-${photo.file_unique_id}.jpg`, size: photo.file_size },
      audio && { id: audio.file_id, name: audio.file_name ?? `audio-${audio.file_unique_id}.mp3`, size: audio.file_size },
      document && { id: document.file_id, name: document.file_name ?? document.file_unique_id, size: document.file_size },
      video && { id: video.file_id, name: video.file_name ?? `video-${video.file_unique_id}.mp4`, size: video.file_size },
      voice && { id: voice.file_id, name: `voice-${voice.file_unique_id}.ogg`, size: voice.file_size },
    ].filter((one) => one !== undefined);
    return found.map(({ id, name, size }) => ({
      name,
      async open() {
        if ((size ?? 0) > MOST_FILE_BYTES) throw channelErrors.file_too_large({ mostBytes: MOST_FILE_BYTES });
        const { file_path } = await api.getFile(id).catch((error) => {
          throw told(error);
        });
        const address = `${root}/file/bot${settings.token}/${file_path}`;
        const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) }).catch((cause) => {
          throw channelErrors.unreachable(undefined, new Error(`a file could not be fetched: ${cause?.name}`)); // its message names the token
        });
        if (!response.ok || !response.body) throw channelErrors.unreachable();
        return Readable.fromWeb(response.body as never); // the same stream under the names of two libraries
      },
    }));
  }

  /** A picture and a song as such, where Telegram shows them; all else as a document. */
  async function sendFile(
    chat: ReturnType<typeof whereIs>['chat'],
    thread: ReturnType<typeof whereIs>['thread'],
    { name, contentType, bytes }: OutgoingFile,
  ): Promise<string> {
    const file = new InputFile(bytes, name);
    try {
      if (/^image\/(png|jpeg|webp)$/.test(contentType)) return String((await api.sendPhoto(chat, file, thread)).message_id);
      if (/^audio\/(mpeg|mp4)$/.test(contentType)) return String((await api.sendAudio(chat, file, thread)).message_id);
      return String((await api.sendDocument(chat, file, thread)).message_id);
    } catch (error) {
      throw told(error);
    }
  }

  /** As HTML; what Telegram cannot read as such is said plainly. */
  async function written<T>(
    message: Outgoing,
    write: (text: string, options: { parse_mode?: 'HTML' }) => Promise<T>,
  ): Promise<T> {
    try {
      return await write(toHtml(message.text) || '…', { parse_mode: 'HTML' });
    } catch (error) {
      if (!isAnswer(error) || !/can't parse entities|too long/.test(error.description)) throw told(error);
      return write(message.text, {}).catch((again) => {
        throw told(again);
      });
    }
  }

  return {
    name: 'telegram',
    editEveryMs: 1_200,
    async start(given) {
      hear = given;
      work = run();
    },
    async stop() {
      stopping.abort();
      await work;
    },
    routes(app) {
      const { webhook } = settings;
      if (!webhook) return;
      app.post(WEBHOOK, async (c) => {
        if (!isSameText(c.req.header('x-telegram-bot-api-secret-token') ?? '', webhook.secret))
          return c.json({ code: 'channels.not_telegram' }, 401);
        if (!me || !hear || stopping.signal.aborted) return c.json({ code: 'channels.unreachable' }, 503); // it is sent again
        await take((await readJson(c.req.raw)) as Update); // whoever has the secret is Telegram
        return c.json({});
      });
    },
    split: (text) => pieces(text, MOST_TEXT),
    async send(place, message) {
      const { chat, thread } = whereIs(place);
      if (message.file) return sendFile(chat, thread, message.file);
      const about = { ...thread, ...keyboard(message), link_preview_options: { is_disabled: true } };
      const sent = await written(message, (text, options) => api.sendMessage(chat, text, { ...about, ...options }));
      return String(sent.message_id);
    },
    async edit(place, ref, message) {
      const { chat } = whereIs(place);
      const about = { ...keyboard(message), link_preview_options: { is_disabled: true } };
      await written(message, (text, options) =>
        api.editMessageText(chat, Number(ref), text, { ...about, ...options }).catch((error) => {
          if (!isAnswer(error) || !/not modified|to edit not found|can't be edited/.test(error.description)) throw error;
        }),
      );
    },
    async typing(place) {
      const { chat, thread } = whereIs(place);
      await api.sendChatAction(chat, 'typing', thread).catch(() => undefined);
    },
    isPrivate: (place) => !place.startsWith('-'), // groups have numbers below zero
    privatePlaceOf: (accountId) => accountId,
    linkUrl: (code) => me && `https://t.me/${me.username}?start=${code}`,
  };
}

const COMMANDS = [
  { command: 'help', description: 'What can be done here' },
  { command: 'new', description: 'Begin a new conversation' },
  { command: 'stop', description: 'Stop the answer that is being written' },
  { command: 'unlink', description: 'This account speaks for you no more' },
];

/** Of a group only what is said to us: commands, our name, answers to what we said. */
function isForUs({ reply_to_message }: Message, text: string, me: UserFromGetMe): boolean {
  const [, named] = /^\/[^\s@]+@(\w+)/.exec(text) ?? [];
  if (named !== undefined) return named.toLowerCase() === me.username.toLowerCase();
  return text.startsWith('/') || reply_to_message?.from?.id === me.id || mention(me).test(text);
}

const mention = ({ username }: UserFromGetMe) => new RegExp(`@${username}\\b`, 'gi');
const withoutUs = (text: string, me: UserFromGetMe) => text.replaceAll(mention(me), '');

const accountOf = ({
  id,
  username,
  first_name,
  last_name,
}: {
  id: number;
  username?: string;
  first_name: string;
  last_name?: string;
}) => ({
  id: String(id),
  label: username ? `@${username}` : [first_name, last_name].filter(Boolean).join(' '),
});

/** A topic of a group is a place of its own. */
const placeOf = (message: Message | MaybeInaccessibleMessage) => ({
  place:
    'is_topic_message' in message && message.is_topic_message
      ? `${message.chat.id}/${message.message_thread_id}`
      : String(message.chat.id),
});

function whereIs(place: string): { chat: number; thread: { message_thread_id?: number } } {
  const [chat, thread] = place.split('/');
  return { chat: Number(chat), thread: thread === undefined ? {} : { message_thread_id: Number(thread) } };
}

const keyboard = ({ buttons }: Outgoing) =>
  buttons ? { reply_markup: { inline_keyboard: buttons.map((row) => row.map(buttonOf)) } } : {};

const buttonOf = (button: Button) =>
  'url' in button ? { text: button.text, url: button.url } : { text: button.text, callback_data: button.value };
