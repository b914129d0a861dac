// Discord through discord.js: https://docs.discord.com/developers
import { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { describeForLog } from '@troupe-os/core/surface';
import type { AutocompleteInteraction, ButtonInteraction, ChatInputCommandInteraction, Client, Message } from 'discord.js';
import type { Button, ChannelDriver, Hear, HeardFile, HeardMessage, Outgoing } from '../channels/driver.ts';
import { channelErrors } from '../channels/errors.ts';
import { isPassing } from '../channels/passing.ts';
import { pieces } from '../channels/pieces.ts';
import { createQueue } from '../channels/queue.ts';
import { COMMANDS, textOf } from './commands.ts';
import { toDiscord } from './markdown.ts';

export interface DiscordSettings {
  readonly token: string;
  /** Default: Discord's own. */
  readonly apiRoot?: string;
}

interface Log {
  warn(message: string, about: Record<string, unknown>): void;
}

const AGAIN_MS = 3_000;
const MOST_TRIES = 5;
/** Discord takes 2000 characters of a text; a table is longer when it is set. */
const MOST_TEXT = 1_800;
const MOST_SENT = 2_000;
const MOST_FILE_BYTES = 25 * 1024 * 1024;
/** An answer to an interaction may be changed for a quarter of an hour. */
const INTERACTION_MS = 14 * 60_000;
const FETCH_MS = 60_000;
const MOST_CHOICES = 25;
const MOST_CHOICE = 100;

type Answerable = ChatInputCommandInteraction | ButtonInteraction;

/** Loads discord.js, which takes a moment: only where there is a token. */
export async function openDiscord(settings: DiscordSettings, log: Log): Promise<ChannelDriver> {
  const discord = await import('discord.js');
  const { Events, GatewayIntentBits, MessageFlags, Partials } = discord;
  const client: Client = new discord.Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Channel],
    allowedMentions: { parse: [] }, // what a model writes calls nobody
    ...(settings.apiRoot && { rest: { api: settings.apiRoot } }),
  });
  const stopping = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const heard = createQueue();
  /** Interactions that are answered in their own place. */
  const answered = new Map<string, { readonly interaction: Answerable; isFirst: boolean }>();
  let hear: Hear | undefined;
  let work: Promise<void> = Promise.resolve();

  const told = (error: unknown): unknown => {
    if (error instanceof discord.DiscordAPIError && error.code === 50_007) return channelErrors.no_private_chat(undefined, error);
    if (error instanceof discord.DiscordAPIError || error instanceof discord.HTTPError)
      return channelErrors.unreachable(undefined, error);
    return error;
  };
  const warn = (message: string) => (error: unknown) => log.warn(message, { error: describeForLog(error) });

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
        await client.login(settings.token);
        await Promise.race([ready, stopped.promise]);
        if (stopping.signal.aborted) return;
        await client.application?.commands.set([...COMMANDS]);
        return;
      } catch (error) {
        warn('Discord cannot be reached, and is asked again')(error);
        await after(10 * AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Discord says nothing twice: what cannot be handled now is tried again here, and those behind it wait. */
  function takeInOrder(line: string, take: () => Promise<void> | undefined): void {
    heard.push(line, async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await take();
        } catch (error) {
          warn('a message of Discord could not be handled')(error);
          if (stopping.signal.aborted || (tries >= MOST_TRIES && !isPassing(error))) return;
          await after(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      }
    });
  }

  client.on(Events.Error, warn('the connection to Discord has failed'));
  client.on(Events.Warn, (message) => log.warn('Discord warns', { message }));
  client.on(Events.MessageCreate, (message) => {
    const me = client.user;
    if (message.author.bot || !me) return;
    const isPrivate = message.guildId === null;
    if (!isPrivate && !message.mentions.users.has(me.id) && message.mentions.repliedUser?.id !== me.id) return;
    const text = message.content.replaceAll(`<@${me.id}>`, '').trim();
    takeInOrder(message.channelId, () => hear?.message({ ...about(message), text, isPrivate, files: filesOf(message) }));
  });
  client.on(Events.InteractionCreate, (interaction) => {
    if (interaction.isAutocomplete()) void complete(interaction).catch(warn('a command of Discord could not be completed'));
    else if (interaction.isChatInputCommand())
      void command(interaction).catch(warn('a command of Discord could not be answered'));
    else if (interaction.isButton()) void press(interaction).catch(warn('a button of Discord could not be answered'));
  });

  const about = ({ id, channelId, guildId, author }: Pick<Message, 'id' | 'channelId' | 'guildId' | 'author'>) => ({
    id,
    account: accountOf(author),
    place: guildId === null ? `dm:${author.id}` : channelId,
    privatePlace: `dm:${author.id}`,
  });

  /** At once: Discord waits for three seconds, and says that we failed. */
  async function acknowledge(interaction: Answerable): Promise<string> {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const place = `interaction:${interaction.id}:${interaction.user.id}`;
    answered.set(place, { interaction, isFirst: true });
    setTimeout(() => answered.delete(place), INTERACTION_MS).unref();
    return place;
  }

  async function command(interaction: ChatInputCommandInteraction): Promise<void> {
    const answerIn = await acknowledge(interaction);
    const { id, channelId, guildId, user } = interaction;
    const message: HeardMessage = {
      ...about({ id, channelId, guildId, author: user }),
      text: textOf(interaction.commandName, (name) => interaction.options.getString(name) ?? ''),
      isPrivate: true, // nobody else sees what is answered
      answerIn,
      files: [],
    };
    takeInOrder(channelId, () => hear?.message(message));
  }

  async function press(interaction: ButtonInteraction): Promise<void> {
    const answerIn = await acknowledge(interaction);
    const { id, channelId, guildId, user, message, customId } = interaction;
    const isPrivate = guildId === null || message.flags.has(MessageFlags.Ephemeral);
    await hear?.press({
      ...about({ id, channelId, guildId, author: user }),
      isPrivate,
      answerIn,
      value: customId,
      answer: async (text) => void (await send(answerIn, { text })),
    });
  }

  async function complete(interaction: AutocompleteInteraction): Promise<void> {
    const found = (await hear?.complete(accountOf(interaction.user), interaction.options.getFocused())) ?? [];
    const choices = found.filter(({ text }) => text.length <= MOST_CHOICE).slice(0, MOST_CHOICES);
    await interaction.respond(
      choices.map(({ text, title }) => ({ name: `${text}${title ? ` · ${title}` : ''}`.slice(0, MOST_CHOICE), value: text })),
    );
  }

  function filesOf(message: Message): HeardFile[] {
    return [...message.attachments.values()].map(({ name, url, size }) => ({
      name,
      async open() {
        if (size > MOST_FILE_BYTES) throw channelErrors.file_too_large({ mostBytes: MOST_FILE_BYTES });
        const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) }).catch((cause) => {
          throw channelErrors.unreachable(undefined, cause);
        });
        if (!response.ok || !response.body) throw channelErrors.unreachable();
        return Readable.fromWeb(response.body as never); // the same stream under the names of two libraries
      },
    }));
  }

  async function channelAt(place: string) {
    // an answer to an interaction that came too late for it
    if (place.startsWith('interaction:')) return client.users.createDM(place.split(':')[2] ?? '');
    if (place.startsWith('dm:')) return client.users.createDM(place.slice('dm:'.length));
    const channel = await client.channels.fetch(place);
    if (!channel?.isSendable()) throw channelErrors.no_private_chat();
    return channel;
  }

  async function send(place: string, message: Outgoing): Promise<string> {
    const there = answered.get(place);
    try {
      if (!there) return (await (await channelAt(place)).send(payload(message))).id;
      const { interaction, isFirst } = there;
      there.isFirst = false;
      if (isFirst) {
        await interaction.editReply(payload(message));
        return '@original';
      }
      const flags = MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds;
      return (await interaction.followUp({ ...payload(message), flags })).id;
    } catch (error) {
      throw told(error);
    }
  }

  return {
    name: 'discord',
    editEveryMs: 1_500,
    async start(given) {
      hear = given;
      work = run();
    },
    async stop() {
      stopping.abort();
      stopped.resolve();
      await client.destroy();
      await work;
      await heard.settled();
    },
    split: (text) => pieces(text, MOST_TEXT),
    send,
    async edit(place, ref, message) {
      const there = answered.get(place);
      try {
        if (there) await there.interaction.editReply({ ...payload(message), message: ref });
        else if (!place.startsWith('interaction:')) await (await channelAt(place)).messages.edit(ref, payload(message));
      } catch (error) {
        if (!(error instanceof discord.DiscordAPIError) || error.code !== 10_008) throw told(error); // 10008: somebody has deleted it
      }
    },
    async typing(place) {
      if (!place.startsWith('interaction:'))
        await channelAt(place)
          .then((channel) => channel.sendTyping())
          .catch(() => undefined);
    },
    isPrivate: (place) => place.startsWith('dm:'),
    privatePlaceOf: (accountId) => `dm:${accountId}`,
    linkUrl: () => undefined,
  };
}

const accountOf = ({ id, username }: { id: string; username: string }) => ({ id, label: `@${username}` });

/** SUPPRESS_EMBEDS */
const NO_PREVIEWS = 4;

const payload = ({ text, file, buttons = [] }: Outgoing) => ({
  ...(file ? { files: [{ attachment: file.bytes, name: file.name }] } : {}),
  content: toDiscord(text).slice(0, MOST_SENT) || '…',
  flags: NO_PREVIEWS, // an address in a text would be fetched at once
  components: buttons.map((row) => ({ type: 1 as const, components: row.map(buttonOf) })),
});

const MOST_LABEL = 80;

const buttonOf = (button: Button) => {
  const label = button.text.slice(0, MOST_LABEL);
  return 'url' in button
    ? { type: 2 as const, style: 5 as const, label, url: button.url }
    : { type: 2 as const, style: 2 as const, label, custom_id: button.value };
};
