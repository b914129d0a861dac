// Discord's side of the wire, for tests: the part of REST and gateway that our bot uses, with the limits and errors that https://docs.discord.com/developers documents.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { readBody, type SentFile } from './body.ts';

export const TOKEN = 'a-token-of-the-double';
const BOT = { id: '1000', username: 'troupe', discriminator: '0', avatar: null, bot: true, global_name: null, flags: 0 };
const GUILD = '2000';
export const CHANNEL = '3000';
const MOST_TEXT = 2000;
const MOST_CUSTOM_ID = 100;
const MOST_WAIT_MS = 20_000;
const EPHEMERAL = 64;

type Fields = Record<string, unknown>;
type Button = { label: string; custom_id?: string; url?: string };

export interface Shown {
  readonly id: string;
  readonly channelId: string;
  /** Who alone sees it. */
  readonly only: string | undefined;
  text: string;
  buttons: Button[];
  edits: number;
  /** Sent with it. */
  file?: SentFile | undefined;
}

export interface DiscordUser {
  readonly id: string;
  /** Where only this user and the bot are. */
  readonly dm: string;
  says(text: string, where?: { channelId?: string; file?: { name: string; bytes: Buffer } }): void;
  runs(command: string, options?: Record<string, string>, channelId?: string): void;
  presses(message: Shown, button: string): void;
  /** What is offered to go on with. */
  completes(text: string): Promise<{ name: string; value: string }[]>;
}

export interface DiscordDouble {
  readonly apiRoot: string;
  user(name: string): DiscordUser;
  /** Resolves with the first message of the bot that fits; after 20 seconds without one it says what was there. */
  until(channelId: string, fits: (message: Shown) => boolean): Promise<Shown>;
  shown(channelId: string): Shown[];
  /** How long each interaction waited until it was acknowledged, in milliseconds. */
  readonly acknowledged: number[];
  readonly connections: { readonly identified: number; readonly resumed: number };
  /** Resolves when the bot hears. */
  readonly connected: Promise<void>;
  /** The line is cut, as networks do. */
  cut(): void;
  /** The next so many calls are refused so. */
  refuse(call: RegExp, times: number, error: { status: number; body: Fields }): void;
  close(): Promise<void>;
}

class Refusal extends Error {
  readonly status: number;
  readonly body: Fields;
  constructor(status: number, body: Fields) {
    super(String(body.message));
    this.status = status;
    this.body = body;
  }
}

export async function startDiscord(): Promise<DiscordDouble> {
  const messages: Shown[] = [];
  const acknowledged: number[] = [];
  const asked = new Map<string, { at: number; user: string; channelId: string; original?: Shown }>();
  const choices = new Map<string, (found: { name: string; value: string }[]) => void>();
  const files = new Map<string, Buffer>();
  const refusals: { call: RegExp; error: Refusal }[] = [];
  const users = new Map<string, DiscordUser>();
  const dms = new Map<string, string>(); // channel → user
  const watchers = new Set<() => void>();
  const connected = Promise.withResolvers<void>();
  const connections = { identified: 0, resumed: 0 };
  const past: { s: number; payload: string }[] = [];
  let [nextId, sequence, nextUser] = [10_000, 0, 7000];
  const newId = () => String(++nextId);

  const server = createServer((request, response) => void serve(request, response));
  const gateway = new WebSocketServer({ server, path: '/gateway' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gatewayUrl = `ws://127.0.0.1:${port}/gateway`;

  /** Told to whoever is connected, and kept for whoever resumes. */
  function dispatch(t: string, d: unknown, to?: WebSocket): void {
    const s = ++sequence;
    const payload = JSON.stringify({ op: 0, t, s, d });
    past.push({ s, payload });
    for (const socket of to ? [to] : gateway.clients) socket.send(payload);
  }

  gateway.on('connection', (socket) => {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }));
    socket.on('message', (raw) => {
      const { op, d } = JSON.parse(String(raw)) as { op: number; d: { token?: string; seq?: number } };
      if (op === 1) socket.send(JSON.stringify({ op: 11 }));
      if (op === 6) {
        connections.resumed += 1;
        for (const { s, payload } of past) if (s > Number(d.seq)) socket.send(payload);
        dispatch('RESUMED', {}, socket);
      }
      if (op !== 2) return;
      connections.identified += 1;
      if (d.token !== TOKEN) return socket.close(4004, 'Authentication failed.');
      const about = { session_id: 'a-session', resume_gateway_url: gatewayUrl, application: { id: BOT.id, flags: 0 } };
      dispatch('READY', { v: 10, user: BOT, guilds: [{ id: GUILD, unavailable: true }], ...about }, socket);
      dispatch('GUILD_CREATE', guild(), socket);
      connected.resolve();
    });
  });

  function changed(): void {
    for (const watcher of watchers) watcher();
  }

  function show(channelId: string, body: Fields, only?: string): Shown {
    const message: Shown = { id: newId(), channelId, only, ...contentOf(body), edits: 0 };
    messages.push(message);
    changed();
    return message;
  }

  function change(message: Shown | undefined, body: Fields): Shown {
    if (!message) throw new Refusal(404, { code: 10_008, message: 'Unknown Message' });
    Object.assign(message, contentOf(body), { edits: message.edits + 1 });
    changed();
    return message;
  }

  const routes: [RegExp, (match: string[], body: Fields, query: URLSearchParams) => unknown][] = [
    [
      /^GET \/gateway\/bot$/,
      () => ({
        url: gatewayUrl,
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 1, max_concurrency: 1 },
      }),
    ],
    [/^GET \/users\/@me$/, () => BOT],
    [
      /^PUT \/applications\/\d+\/commands$/,
      (_, body) =>
        (body as unknown as Fields[]).map((one) => ({ id: newId(), application_id: BOT.id, version: '1', type: 1, ...one })),
    ],
    [/^POST \/users\/@me\/channels$/, (_, { recipient_id }) => dmChannel(String(recipient_id))],
    [/^GET \/channels\/(\d+)$/, ([, id = '']) => channel(id)],
    [/^POST \/channels\/\d+\/typing$/, () => undefined],
    [/^POST \/channels\/(\d+)\/messages$/, ([, id = ''], body) => messageOf(show(id, body))],
    [
      /^PATCH \/channels\/\d+\/messages\/(\d+)$/,
      ([, id], body) =>
        messageOf(
          change(
            messages.find((one) => one.id === id),
            body,
          ),
        ),
    ],
    [
      /^POST \/interactions\/(\d+)\/[^/]+\/callback$/,
      ([, id = ''], body) => {
        const { type, data = {} } = body as { type: number; data?: Fields };
        const interaction = asked.get(id);
        if (!interaction) throw new Refusal(404, { code: 10_062, message: 'Unknown interaction' });
        acknowledged.push(performance.now() - interaction.at);
        if (type === 8) choices.get(id)?.((data.choices ?? []) as { name: string; value: string }[]);
        return undefined;
      },
    ],
    [
      /^PATCH \/webhooks\/\d+\/([^/]+)\/messages\/@original$/,
      ([, token = ''], body) => {
        const interaction = asked.get(token.replace('token-', ''));
        if (!interaction) throw new Refusal(404, { code: 10_015, message: 'Unknown Webhook' });
        if (interaction.original) return messageOf(change(interaction.original, body));
        interaction.original = show(interaction.channelId, body, interaction.user);
        return messageOf(interaction.original);
      },
    ],
    [
      /^PATCH \/webhooks\/\d+\/[^/]+\/messages\/(\d+)$/,
      ([, id], body) =>
        messageOf(
          change(
            messages.find((one) => one.id === id),
            body,
          ),
        ),
    ],
    [
      /^POST \/webhooks\/\d+\/([^/]+)$/,
      ([, token = ''], body) => {
        const interaction = asked.get(token.replace('token-', ''));
        if (!interaction) throw new Refusal(404, { code: 10_015, message: 'Unknown Webhook' });
        return messageOf(show(interaction.channelId, body, interaction.user));
      },
    ],
  ];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://double');
    const file = files.get(url.pathname);
    if (file) return void response.writeHead(200).end(file);
    const call = `${request.method} ${decodeURIComponent(url.pathname.replace(/^\/api\/v\d+/, ''))}`;
    const { fields, files: sentFiles } = await readBody(request);
    const body: Fields = sentFiles.length > 0 ? { ...fields, sentFiles } : fields;
    const limits = {
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '49',
      'x-ratelimit-reset-after': '1',
      'x-ratelimit-bucket': 'one',
    };
    const say = (status: number, value: unknown) => {
      if (value === undefined) return response.writeHead(204, limits).end();
      return response.writeHead(status, { ...limits, 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    try {
      const isOfInteraction = /^\w+ \/(interactions|webhooks)\//.test(call);
      if (!isOfInteraction && request.headers.authorization !== `Bot ${TOKEN}`)
        throw new Refusal(401, { code: 0, message: '401: Unauthorized' });
      const at = refusals.findIndex((one) => one.call.test(call));
      if (at >= 0) throw refusals.splice(at, 1)[0]?.error;
      const route = routes.find(([pattern]) => pattern.test(call));
      if (!route) throw new Refusal(404, { code: 0, message: '404: Not Found' });
      say(200, route[1]([...(route[0].exec(call) ?? [])], body, url.searchParams));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 429) response.setHeader('retry-after', String(error.body.retry_after));
      say(error.status, error.body);
    }
  }

  function dmChannel(userId: string) {
    const known = [...dms].find(([, user]) => user === userId)?.[0];
    const id = known ?? newId();
    dms.set(id, userId);
    return {
      id,
      type: 1,
      recipients: [{ id: userId, username: 'somebody', discriminator: '0', avatar: null }],
      last_message_id: null,
    };
  }

  function channel(id: string) {
    const user = dms.get(id);
    if (user) return dmChannel(user);
    if (id !== CHANNEL) throw new Refusal(404, { code: 10_003, message: 'Unknown Channel' });
    return { id, type: 0, guild_id: GUILD, name: 'office', position: 0, permission_overwrites: [], nsfw: false, parent_id: null };
  }

  function userOf(name: string): DiscordUser {
    const user = { id: String(nextUser++), username: name.toLowerCase(), discriminator: '0', avatar: null, global_name: name };
    const dm = dmChannel(user.id).id;
    const member = { roles: [], joined_at: new Date().toISOString(), deaf: false, mute: false, flags: 0 };
    const place = (channelId: string) =>
      channelId === dm
        ? { channel_id: dm, channel: dmChannel(user.id), user }
        : {
            channel_id: channelId,
            channel: { id: channelId, type: 0 },
            guild_id: GUILD,
            member: { ...member, user, permissions: '0' },
          };
    const interact = (type: number, data: Fields, channelId: string, more: Fields = {}) => {
      const id = newId();
      asked.set(id, { at: performance.now(), user: user.id, channelId });
      const about = { id, application_id: BOT.id, type, token: `token-${id}`, version: 1, locale: 'en-US', entitlements: [] };
      const rest = { app_permissions: '0', authorizing_integration_owners: {}, context: 0, attachment_size_limit: 10_000_000 };
      dispatch('INTERACTION_CREATE', { ...about, ...rest, ...place(channelId), data, ...more });
      return id;
    };
    const command = (commandName: string, options: Fields[]) => ({ id: newId(), name: commandName, type: 1, options });
    return {
      id: user.id,
      dm,
      says(text, { channelId = dm, file } = {}) {
        const path = `/files/${newId()}/${file?.name}`;
        if (file) files.set(path, file.bytes);
        const url = `http://127.0.0.1:${port}${path}`;
        const attachments = file ? [{ id: newId(), filename: file.name, size: file.bytes.length, url, proxy_url: url }] : [];
        const mentions = text.includes(`<@${BOT.id}>`) ? [BOT] : [];
        const { user: _, channel: __, member: ___, ...where } = place(channelId) as Fields;
        dispatch('MESSAGE_CREATE', {
          ...{ id: newId(), ...where, author: user, content: text, timestamp: new Date().toISOString(), edited_timestamp: null },
          ...{
            tts: false,
            mention_everyone: false,
            mentions,
            mention_roles: [],
            attachments,
            embeds: [],
            pinned: false,
            type: 0,
            flags: 0,
          },
          ...(channelId === dm ? { channel_type: 1 } : { channel_type: 0, member }),
        });
      },
      runs(name, options = {}, channelId = dm) {
        interact(
          2,
          command(
            name,
            Object.entries(options).map(([key, value]) => ({ name: key, type: 3, value })),
          ),
          channelId,
        );
      },
      presses(message, label) {
        const button = message.buttons.find((one) => one.label.startsWith(label));
        if (!button) throw new Error(`no button "${label}" under: ${message.text}`);
        interact(3, { custom_id: button.custom_id, component_type: 2 }, message.channelId, { message: messageOf(message) });
      },
      completes: (text) =>
        new Promise((resolve) => {
          const id = interact(4, command('run', [{ name: 'command', type: 3, value: text, focused: true }]), dm);
          choices.set(id, resolve);
        }),
    };
  }

  return {
    apiRoot: `http://127.0.0.1:${port}/api`,
    user(name) {
      const known = users.get(name) ?? userOf(name);
      users.set(name, known);
      return known;
    },
    shown: (channelId) => messages.filter((message) => message.channelId === channelId),
    until: (channelId, fits) =>
      new Promise((resolve, reject) => {
        const clock = setTimeout(() => {
          watchers.delete(look);
          const there = messages.filter((message) => message.channelId === channelId).map(({ text }) => text);
          reject(new Error(`nothing that fits was shown in ${channelId}, but: ${JSON.stringify(there)}`));
        }, MOST_WAIT_MS);
        const look = () => {
          const found = messages.find((message) => message.channelId === channelId && fits(message));
          if (!found) return;
          clearTimeout(clock);
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    acknowledged,
    connections,
    connected: connected.promise,
    cut() {
      for (const socket of gateway.clients) socket.terminate();
    },
    refuse(call, times, { status, body }) {
      for (let at = 0; at < times; at += 1) refusals.push({ call, error: new Refusal(status, body) });
    },
    async close() {
      for (const socket of gateway.clients) socket.terminate();
      gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function guild(): Fields {
  const role = {
    id: GUILD,
    name: '@everyone',
    permissions: String(0x7fffffffffffn),
    position: 0,
    color: 0,
    hoist: false,
    managed: false,
  };
  return {
    ...{
      id: GUILD,
      name: 'Troupe',
      owner_id: '5',
      icon: null,
      splash: null,
      afk_timeout: 300,
      verification_level: 0,
      nsfw_level: 0,
    },
    ...{ default_message_notifications: 0, explicit_content_filter: 0, mfa_level: 0, premium_tier: 0, preferred_locale: 'en-US' },
    ...{ features: [], emojis: [], stickers: [], system_channel_flags: 0, joined_at: new Date().toISOString(), large: false },
    ...{ member_count: 2, voice_states: [], presences: [], threads: [], stage_instances: [], guild_scheduled_events: [] },
    roles: [{ ...role, mentionable: false, flags: 0 }],
    channels: [{ id: CHANNEL, type: 0, name: 'office', position: 0, permission_overwrites: [], nsfw: false, parent_id: null }],
    members: [{ user: BOT, roles: [], joined_at: new Date().toISOString(), deaf: false, mute: false, flags: 0 }],
  };
}

function messageOf({ id, channelId, text, only }: Shown): Fields {
  const about = {
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    type: 0,
  };
  const flags = only === undefined ? 0 : EPHEMERAL;
  return {
    id,
    channel_id: channelId,
    author: BOT,
    content: text,
    timestamp: new Date(0).toISOString(),
    edited_timestamp: null,
    ...about,
    flags,
    components: [],
  };
}

function contentOf({
  content = '',
  components = [],
  allowed_mentions,
  sentFiles = [],
}: Fields): Pick<Shown, 'text' | 'buttons' | 'file'> {
  const text = String(content);
  const invalid = (message: string) => new Refusal(400, { code: 50_035, message });
  if (text === '') throw new Refusal(400, { code: 50_006, message: 'Cannot send an empty message' });
  if (text.length > MOST_TEXT) throw invalid('Invalid Form Body: BASE_TYPE_MAX_LENGTH');
  if (JSON.stringify(allowed_mentions ?? {}) !== '{"parse":[]}') throw invalid('the bot would call people by name');
  const buttons = (components as { components: Button[] }[]).flatMap((row) => row.components);
  for (const { custom_id, label } of buttons)
    if ((custom_id ?? '').length > MOST_CUSTOM_ID || label.length > 80) throw invalid('Invalid Form Body: BASE_TYPE_MAX_LENGTH');
  const [file] = sentFiles as SentFile[];
  // https://docs.discord.com/developers/reference#uploading-files
  if (file && file.bytes.length > 10 * 1024 * 1024) throw new Refusal(413, { code: 40_005, message: 'Request entity too large' });
  return { text, buttons, file };
}
